import Bytes
import HTTPServer

extension Endpoint {
  /// The result of looking for an endpoint.
  enum Match {
    /// The place of the endpoint in the table.
    case found(Int)
    /// The path exists, for these methods, as `Allow` lists them.
    case otherMethods([UInt8])
    /// The path does not exist.
    case unknown
  }

  /// Finds the endpoint for a method and a path. HEAD is answered like GET; RFC 9110 section 9.3.2.
  static func match(_ method: Method, _ path: PathSegments) -> Match {
    let wanted: Method = if case .head = method { .get } else { method }
    for place in all.indices where all[place].method == wanted && all[place].path.matches(path) {
      return .found(place)
    }
    var allowed: [UInt8] = []
    for place in all.indices where all[place].path.matches(path) {
      let method = all[place].method
      if !allowed.isEmpty { allowed.append(", ") }
      allowed.append(method.name)
      if method == .get { allowed.append(", HEAD") }
    }
    return allowed.isEmpty ? .unknown : .otherMethods(allowed)
  }
}
