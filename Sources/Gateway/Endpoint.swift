import Bytes
import Configuration
import HTTPServer

/// What a path and method stand for.
struct Endpoint {
  /// What is to be done.
  enum Operation {
    case sendMessage
    case health
    case readiness
  }

  /// Segments by `/`; one in braces stands for any.
  let path: StaticString
  let method: Method
  /// What a key must allow; `nil` for what anybody may ask who can connect.
  let scope: Scopes?
  let operation: Operation

  /// Everything that Postern answers.
  static let all: [Endpoint] = [
    Endpoint(
      path: "/v1/bots/{bot}/messages", method: .post, scope: .chat, operation: .sendMessage),
    Endpoint(path: "/healthz", method: .get, scope: nil, operation: .health),
    Endpoint(path: "/readyz", method: .get, scope: nil, operation: .readiness),
  ]

  /// What came of looking for an endpoint.
  enum Match {
    /// Found; with what stood for the segments in braces.
    case found(Endpoint, parameters: [[UInt8]])
    /// The path exists, for these methods.
    case otherMethods([UInt8])
    /// There is no such path.
    case unknown
  }

  /// Looks a request up. HEAD goes wherever GET does; RFC 9110 section 9.3.2.
  static func match(_ method: Method, _ target: Target) -> Match {
    let wanted: Method = if case .head = method { .get } else { method }
    var allowed: [UInt8] = []
    for endpoint in all {
      guard let parameters = endpoint.parameters(of: target.segments) else { continue }
      if endpoint.method == wanted { return .found(endpoint, parameters: parameters) }
      if !allowed.isEmpty { allowed.append(", ") }
      allowed.append(endpoint.method.name)
      if endpoint.method == .get { allowed.append(", HEAD") }
    }
    return allowed.isEmpty ? .unknown : .otherMethods(allowed)
  }

  /// What stands for the segments in braces, if the path fits; else `nil`.
  private func parameters(of segments: [[UInt8]]) -> [[UInt8]]? {
    let pattern = UnsafeBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount).span
    var parameters: [[UInt8]] = []
    var start = 1
    for segment in segments {
      guard start <= pattern.count else { return nil }
      let end = pattern.firstIndex(of: UInt8(ascii: "/"), from: start) ?? pattern.count
      let wanted = pattern.extracting(start..<end)
      if wanted.hasPrefix("{") {
        parameters.append(segment)
      } else if !wanted.equals(segment.span) {
        return nil
      }
      start = end + 1
    }
    return start == pattern.count + 1 ? parameters : nil
  }
}
