import Bytes

/// A limit of messages in a time: `30/m`.
public struct Rate: Equatable, Sendable {
  /// Messages in one interval, 1 to 1000000.
  public let count: Int
  /// The interval: a second, a minute or an hour.
  public let intervalMilliseconds: Int

  /// Reads `30/m`; `nil` is `0`, no limit.
  init?(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    if text.equals("0") { return nil }
    guard let slash = text.firstIndex(of: UInt8(ascii: "/")), slash + 2 == text.count,
      let count = Quantity.count.read(text.extracting(0..<slash)),
      let interval = Self.interval(text[slash + 1])
    else {
      throw InvalidValue(
        "\(value.quoted) is not a rate; write one such as 30/m (with s, m or h), or 0")
    }
    guard 1...1_000_000 ~= count else {
      throw InvalidValue("\(value.subject) is not between 1 and 1000000 per s, m or h")
    }
    self.count = count
    intervalMilliseconds = interval
  }

  private static func interval(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "s"): 1000
    case UInt8(ascii: "m"): 60_000
    case UInt8(ascii: "h"): 3_600_000
    default: nil
    }
  }
}
