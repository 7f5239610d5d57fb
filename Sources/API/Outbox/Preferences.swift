import Bytes
import HTTPServer

/// What a client prefers, by `Prefer`; RFC 7240.
struct Preferences {
  /// Whether it does not wait for the reply: `respond-async`.
  private(set) var respondsAsynchronously = false
  /// How long it waits, in seconds: `wait=30`.
  private(set) var wait: Int?

  /// The longest wait, in seconds. Some proxies cut longer ones off.
  static let longestWait = 300

  /// No preferences.
  init() {}

  /// The preferences of a request. What is not understood is ignored; of several of one name the first counts.
  init(_ request: Request) {
    guard let list = request.list("Prefer") else { return }
    for part in list.split(separator: UInt8(ascii: ",")) {
      // Parameters of a preference follow a semicolon.
      let end = part.firstIndex(of: UInt8(ascii: ";")) ?? part.endIndex
      let preference = Array(part[..<end])
      let text = preference.span.trimmingBlanks
      if text.equalsIgnoringCase("respond-async") {
        respondsAsynchronously = true
      } else if wait == nil, text.extracting(first: 4).equalsIgnoringCase("wait") {
        wait = Self.seconds(text.extracting(4...).trimmingBlanks)
      }
    }
  }

  /// The number in `=30` or `="30"`.
  private static func seconds(_ text: Span<UInt8>) -> Int? {
    guard !text.isEmpty, text[0] == UInt8(ascii: "=") else { return nil }
    var number = text.extracting(1...).trimmingBlanks
    if number.count > 1, number[0] == UInt8(ascii: "\"") {
      number = number.extracting(1..<number.count - 1)
    }
    return Int(decimal: number).map { min($0, longestWait) }
  }
}
