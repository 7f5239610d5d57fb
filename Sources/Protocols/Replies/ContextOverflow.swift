import Bytes
import JSON

/// What a backend says about a request that is longer than its model takes, in tokens.
///
/// llama.cpp has the numbers in members. Most others have them in the message:
///
///     This model's maximum context length is 8192 tokens. However, you requested 8312 tokens (8056 in the messages, …
///     prompt is too long: 210000 tokens > 200000 maximum
///     The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).
///     Prompt contains 40000 tokens, too large for model with 32768 maximum context length
public struct ContextOverflow: Equatable, Sendable {
  /// The most tokens that the model takes; `nil` where the backend does not say.
  public let limit: Int?

  /// The tokens of the request, its reply's maximum perhaps included; more than `limit`. `nil` where the backend does
  /// not say.
  public let tokens: Int?

  /// Limits that a model can have. Smaller and larger numbers mean something else.
  private static let plausible = 64...100_000_000

  /// Reads an error with its message. O(n).
  init(_ error: JSONValue, _ message: [UInt8]) {
    let numbers = WrittenNumber.all(in: message.span)
    let member = error["n_ctx"]?.integer
    limit =
      member.flatMap { Self.plausible ~= $0 ? $0 : nil } ?? Self.limit(among: numbers, message.span)
    guard let limit else {
      tokens = nil
      return
    }
    let written = numbers.filter { $0.value > limit && $0.value <= Self.plausible.upperBound }
    let counted = error["n_prompt_tokens"]?.integer ?? written.map { $0.value }.min()
    tokens = counted.flatMap { $0 > limit ? $0 : nil }
  }

  /// What stands before the limit, and not before other numbers.
  private static let words: [StaticString] = [
    "maximum", "limit", "context length", "context size", "context window", "n_ctx", "allowed",
    "at most", "up to", "<=", "max_", "max size", "less than", "cannot exceed", "should be",
  ]

  /// The first number that is the limit, by the words before it. A number after `>` is the limit in any case.
  private static func limit(among numbers: [WrittenNumber], _ message: Span<UInt8>) -> Int? {
    var found: Int?
    var previous = 0
    for number in numbers {
      let before = message.extracting(previous..<number.start)
      let after = message.extracting(number.end..<message.count)
      // What is not a count may stand between the words and the limit: `[1, 6000]`.
      guard plausible ~= number.value else { continue }
      previous = number.end
      // What exceeds the limit may have words of it before: `maximum output tokens (5000) exceeded`.
      if isExcess(before) || after.extracting(first: 16).containsIgnoringCase("exceed")
        || number.value == minimaxCode
      {
        continue
      }
      if isAfterGreaterSign(before) { return number.value }
      if found == nil, isNamed(before) || after.hasPrefix(" maximum") || after.hasPrefix(" limit") {
        found = number.value
      }
    }
    return found
  }

  /// MiniMax has the number of the error after its words: `context window exceeds limit (2013)`.
  private static let minimaxCode = 2013

  /// Whether the number that follows is how much is too much: Ollama's `by 120 tokens`.
  private static func isExcess(_ before: Span<UInt8>) -> Bool {
    before.extracting(last: 4).equals(" by ")
  }

  private static func isAfterGreaterSign(_ before: Span<UInt8>) -> Bool {
    var end = before.count
    while end > 0, before[end - 1].isBlank { end -= 1 }
    return end > 0 && before[end - 1] == UInt8(ascii: ">")
  }

  private static func isNamed(_ before: Span<UInt8>) -> Bool {
    for word in words where before.containsIgnoringCase(word) { return true }
    return false
  }
}

/// A whole number in a text: `8192`, `8,192`. Not a part of a word or of a fraction.
private struct WrittenNumber {
  let value: Int
  let start: Int
  let end: Int

  /// The numbers of a text, in order. O(n).
  static func all(in text: Span<UInt8>) -> [WrittenNumber] {
    // Larger numbers mean nothing here; ten times as many and a digit fit 32 bits.
    let largest = 200_000_000
    var numbers: [WrittenNumber] = []
    var index = 0
    while index < text.count {
      guard text[index].isASCIIDigit, index == 0 || !text[index - 1].joinsNumber else {
        index += 1
        continue
      }
      let start = index
      var value = 0
      while index < text.count {
        if text[index].isASCIIDigit {
          value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), largest)
        } else if !isGroup(text, at: index) {
          break
        }
        index += 1
      }
      let isPart = index < text.count && text[index].continuesNumber(before: text, index + 1)
      if !isPart { numbers.append(WrittenNumber(value: value, start: start, end: index)) }
    }
    return numbers
  }

  /// Whether a comma stands here, with three digits after it.
  private static func isGroup(_ text: Span<UInt8>, at index: Int) -> Bool {
    guard text[index] == UInt8(ascii: ","), index + 3 < text.count else { return false }
    for place in index + 1...index + 3 where !text[place].isASCIIDigit { return false }
    return true
  }
}

extension UInt8 {
  /// Whether a number after this byte is a part of something else: `gpt-4`, `v1.5`.
  fileprivate var joinsNumber: Bool {
    isASCIIDigit || isASCIILetter || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: "_")
  }

  /// Whether a number before this byte is a part of something else: `32k`, `1.5`.
  fileprivate func continuesNumber(before text: Span<UInt8>, _ next: Int) -> Bool {
    if self == UInt8(ascii: ".") { return next < text.count && text[next].isASCIIDigit }
    return isASCIILetter || self == UInt8(ascii: "_")
  }
}
