import Bytes

/// When to pause requests to a backend that fails: `5/30s`.
public struct BreakerPolicy: Equatable, Sendable {
  /// Failures in a row that open the breaker, 1 to 1000.
  public let failures: Int
  /// How long it stays open before one probe: 1 ms to 24 h.
  public let openMilliseconds: Int

  /// Reads `5/30s`; `nil` is `0`, never.
  init?(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    if text.equals("0") { return nil }
    guard let slash = text.firstIndex(of: UInt8(ascii: "/")),
      let failures = Quantity.count.read(text.extracting(0..<slash)),
      let open = Quantity.duration.read(text.extracting(slash + 1..<text.count))
    else {
      throw InvalidValue("\(value.quoted) is not failures/duration; write one such as 5/30s, or 0")
    }
    guard 1...1000 ~= failures else {
      throw InvalidValue("\(value.subject): the failures are not between 1 and 1000")
    }
    guard 1...Quantity.day ~= open else {
      throw InvalidValue("\(value.subject): the duration is not between 1ms and 24h")
    }
    self.failures = failures
    openMilliseconds = open
  }
}
