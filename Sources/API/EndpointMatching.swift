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
  ///
  /// A path that stands in the table as it is, such as `/v1/messages/count_tokens`, is not a value of a parameter. Its rows
  /// come before those that it would match, too.
  static func match(_ method: Method, _ path: PathSegments) -> Match {
    let wanted: Method = if case .head = method { .get } else { method }
    var allowed: [UInt8] = []
    var isLiteral = false
    for place in all.indices where all[place].path.matches(path) {
      let endpoint = all[place]
      let hasParameter = endpoint.path.hasParameter
      if isLiteral, hasParameter { continue }
      if endpoint.method == wanted { return .found(place) }
      if !hasParameter { isLiteral = true }
      if !allowed.isEmpty { allowed.append(", ") }
      allowed.append(endpoint.method.name)
      if endpoint.method == .get { allowed.append(", HEAD") }
    }
    return allowed.isEmpty ? .unknown : .otherMethods(allowed)
  }
}
