public import Bytes

/// An error that OpenAI's and Anthropic's clients understand.
public struct FaceError: Sendable {
  /// The type of error in Postern's words, such as `invalid_request_error` or `backend_error`.
  public var type: StaticString

  /// The exact error, for programs.
  public var code: StaticString

  /// The exact error, for people.
  public var message: Text

  /// The field of the request with the fault.
  public var parameter: [UInt8]?

  /// An error from its parts.
  public init(type: StaticString, code: StaticString, message: Text, parameter: [UInt8]? = nil) {
    self.type = type
    self.code = code
    self.message = message
    self.parameter = parameter
  }
}
