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

/// SplitMix64 (Steele, Lea and Flood, 2014): the same random numbers in every run.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
