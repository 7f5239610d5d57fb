import Bytes
import HTTPServer

/// The paths of an endpoint: segments by `/`, where one in braces stands for any.
package struct PathPattern: ExpressibleByStringLiteral, Sendable {
  package let text: StaticString

  @inline(__always)  // For the same reason as Endpoint.init.
  package init(stringLiteral text: StaticString) {
    self.text = text
  }

  /// Whether it stands for more than one path.
  var hasParameter: Bool { text.span.firstIndex(of: UInt8(ascii: "{")) != nil }

  /// Whether it is of Ollama's interface.
  var isOllama: Bool { text.span.hasPrefix("/api/") }

  /// Whether a request's path is one of these.
  func matches(_ path: PathSegments) -> Bool {
    let pattern = text.span
    // The bare root has no segments.
    if pattern.count == 1 { return path.count == 0 }
    var start = 1
    for index in 0..<path.count {
      guard start <= pattern.count else { return false }
      let end = pattern.firstIndex(of: UInt8(ascii: "/"), from: start) ?? pattern.count
      let wanted = pattern.extracting(start..<end)
      if !wanted.hasPrefix("{"), !wanted.equals(path[index]) { return false }
      start = end + 1
    }
    return start == pattern.count + 1
  }

  /// Which of the segments is the one in braces with this index, from 0.
  func segment(ofParameter index: Int) -> Int {
    let pattern = text.span
    var (segment, left) = (-1, index)
    for position in pattern.indices {
      if pattern[position] == UInt8(ascii: "/") { segment += 1 }
      guard pattern[position] == UInt8(ascii: "{") else { continue }
      if left == 0 { return segment }
      left -= 1
    }
    preconditionFailure("the path has fewer parameters")
  }
}
