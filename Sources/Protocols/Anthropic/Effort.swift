import Bytes
import JSON

/// How much a model is to think before it answers: a hint, in words that both OpenAI and Anthropic know.
enum Effort {
  case low
  case medium
  case high

  /// The effort that a client's word means; `nil` for none, and for unknown words, which a backend would refuse.
  ///
  /// Words that only some models know mean the nearest that all know: `minimal` is `low`, `xhigh` and `max` are `high`.
  init?(_ word: JSONValue?) {
    guard let word else { return nil }
    if word.equals("low") || word.equals("minimal") {
      self = .low
    } else if word.equals("medium") {
      self = .medium
    } else if word.equals("high") || word.equals("xhigh") || word.equals("max") {
      self = .high
    } else {
      return nil
    }
  }

  /// The word, as JSON.
  var json: [UInt8] {
    switch self {
    case .low: [UInt8]("\"low\"")
    case .medium: [UInt8]("\"medium\"")
    case .high: [UInt8]("\"high\"")
    }
  }
}
