public import Bytes

/// An error of the API, to be written in the form of a face.
public struct FaceError: Sendable {
  /// What a client can do about it.
  public var kind: Kind

  /// The error's code, for programs.
  public var code: StaticString

  /// What is wrong, for people.
  public var message: Text

  /// The field of the request with the fault.
  public var parameter: [UInt8]?

  /// An error from its parts.
  public init(kind: Kind, code: StaticString, message: Text, parameter: [UInt8]? = nil) {
    self.kind = kind
    self.code = code
    self.message = message
    self.parameter = parameter
  }
}

extension FaceError {
  /// The kind of error, which tells a client what to do about it.
  public enum Kind: CaseIterable, Sendable {
    case invalidRequest
    case authentication
    case permission
    case notFound
    case conflict
    case rateLimit
    case backend
    case overloaded
    case server

    /// The `type` that clients see; those of a vendor may see the vendor's own.
    public var name: StaticString {
      switch self {
      case .invalidRequest: "invalid_request_error"
      case .authentication: "authentication_error"
      case .permission: "permission_error"
      case .notFound: "not_found_error"
      case .conflict: "conflict_error"
      case .rateLimit: "rate_limit_error"
      case .backend: "backend_error"
      case .overloaded: "overloaded_error"
      case .server: "server_error"
      }
    }
  }
}
