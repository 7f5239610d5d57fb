@testable import Backends

extension Candidate {
  /// A candidate in short, for tables.
  init(_ id: String, _ weight: Int, fallback: Bool = false, enabled: Bool = true) {
    self.init(id: Array(id.utf8), weight: weight, isFallback: fallback, isEnabled: enabled)
  }
}

extension ConversationToken {
  /// One of many conversations.
  init(_ number: Int) {
    let bot = Array("support".utf8)
    let conversation = Array("conv_\(number)".utf8)
    self.init(bot: bot.span, conversation: conversation.span)
  }
}

/// Given numbers, in order.
struct GivenNumbers: RandomNumberGenerator {
  let numbers: [UInt64]
  private(set) var used = 0

  init(_ numbers: [UInt64]) { self.numbers = numbers }

  mutating func next() -> UInt64 {
    used += 1
    return numbers[used - 1]
  }
}
