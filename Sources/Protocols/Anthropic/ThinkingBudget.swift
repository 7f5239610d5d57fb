import Bytes
import JSON

/// The tokens that Anthropic's model may think with, of those of the whole reply.
enum ThinkingBudget {
  /// Anthropic accepts no smaller budget.
  static let minimum = 1024

  /// Makes a client's budget fit into the limit of the reply, because Anthropic refuses one that does not. How much is
  /// thought is only a hint: where no budget fits, the field is left out.
  ///
  /// A client of Anthropic's own interface gets what it sent, unless its limit was lowered.
  static func adjust(_ fields: inout ChatFields) throws(TranslationFault) {
    guard fields.isLimited || fields.chat.face != .anthropic, let thinking = fields["thinking"],
      thinking.member("type", is: "enabled")
    else { return }
    guard let limit = fields["max_tokens"]?.integer ?? fields.profile.maxTokens,
      let budget = thinking["budget_tokens"]?.integer
    else { return fields.remove("thinking") }
    if budget < limit { return }
    guard limit / 2 >= minimum else { return fields.remove("thinking") }
    try fields.set(
      "thinking", written: Text("{\"type\":\"enabled\",\"budget_tokens\":\(limit / 2)}").bytes)
  }
}
