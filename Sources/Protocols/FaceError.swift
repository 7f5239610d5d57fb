public import Bytes

/// An error of the API, to be written in the form of a face.
public struct FaceError: Sendable {
  /// The type of error in Postern's words, such as `invalid_request_error` or `backend_error`.
  public var type: StaticString

  /// The error's code, for programs.
  public var code: StaticString

  /// What is wrong, for people.
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
