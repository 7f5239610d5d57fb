/// An answer to a request.
public struct Response {
  /// The status code, 200 to 599; RFC 9110 section 15.
  public var status: Int
  /// The media type of the body; none for an empty one.
  public var contentType: StaticString?
  /// Further fields, in order. Values are free of control characters.
  public var fields: [(name: StaticString, value: [UInt8])] = []
  /// The body.
  public var body: [UInt8]
  /// Whether the connection ends with this answer.
  public var closesConnection = false

  /// A response with a body of a media type.
  public init(status: Int, contentType: StaticString?, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}
