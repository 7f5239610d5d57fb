import Bytes

/// A request method; RFC 9110 section 9, and PATCH of RFC 5789.
public enum Method: Sendable {
  case get
  case head
  case post
  case put
  case patch
  case delete
  case options
  /// Any other.
  case other

  /// The method of this name; names are case-sensitive.
  init(_ name: Span<UInt8>) {
    if name.equals("GET") {
      self = .get
    } else if name.equals("POST") {
      self = .post
    } else if name.equals("HEAD") {
      self = .head
    } else if name.equals("PATCH") {
      self = .patch
    } else if name.equals("DELETE") {
      self = .delete
    } else if name.equals("PUT") {
      self = .put
    } else if name.equals("OPTIONS") {
      self = .options
    } else {
      self = .other
    }
  }

  /// The method's name as `Allow` lists it.
  public var name: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other: "-"
    }
  }
}
