import Bytes

/// How long a request's messages may be, in tokens: `auto`, a number, or `no`.
public enum WindowTokens: Equatable, Sendable {
  /// As long as each backend's own limit, once it is known.
  case learned
  /// This long: 64 to 100,000,000.
  case fixed(Int)
  /// Any length.
  case unlimited

  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    if text.equalsIgnoringCase("auto") {
      self = .learned
    } else if Bool(word: text) == false, !text.equals("0") {
      self = .unlimited
    } else if let number = Quantity.count.read(text) {
      guard 64...100_000_000 ~= number else {
        throw InvalidValue(
          "\(value.subject) is not between 64 and 100000000; write no for any length")
      }
      self = .fixed(number)
    } else {
      throw InvalidValue("\(value.quoted) is neither auto, a number of tokens, nor no")
    }
  }
}
