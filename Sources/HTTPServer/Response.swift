/// An answer to a request.
public struct Response {
  /// The status code, 200 to 599; RFC 9110 section 15.
  public var status: Int
  /// The media type of the body; `nil` for an empty one.
  public var contentType: StaticString?
  /// Further fields, in order. Values are free of control characters.
  public var fields: [(name: StaticString, value: [UInt8])] = []
  /// The body, where its bytes are.
  public var content: ResponseBody
  /// Whether the connection ends with this answer.
  public var closesConnection = false

  /// A copy of the body.
  public var body: [UInt8] { content.bytes }

  /// A response with a body of a media type.
  public init(status: Int, contentType: StaticString?, body: [UInt8]) {
    self.init(status: status, contentType: contentType, content: .bytes(body))
  }

  /// A response whose body stays where it is until it has been sent.
  public init(status: Int, contentType: StaticString?, content: ResponseBody) {
    self.status = status
    self.contentType = contentType
    self.content = content
  }
}
