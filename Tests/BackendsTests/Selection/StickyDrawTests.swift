import Testing

@testable import Backends

@Suite struct StickyDrawTests {
  private static let conversations = 4000

  private func draws(_ candidates: [Candidate], _ count: Int = conversations) -> [String?] {
    let pool = CandidatePool(candidates)
    return (0..<count).map { number in
      pool.draw(for: ConversationToken(number)).map {
        String(decoding: candidates[$0].id, as: UTF8.self)
      }
    }
  }

  /// These must never change: conversations would move when Postern is updated.
  @Test func isTheSameForEver() {
    let three = [Candidate("gpt", 3), Candidate("mistral", 2), Candidate("local", 1)]
    let first = draws(three, 12).map { $0 ?? "none" }
    #expect(first == Self.golden)
    #expect(draws(three.reversed(), 12).map { $0 ?? "none" } == Self.golden)
    #expect(ConversationToken(1).hash == Self.goldenHash)
  }

  /// From another program, with logarithms in floating point.
  private static let golden = [
    "gpt", "gpt", "local", "gpt", "gpt", "mistral", "gpt", "mistral", "gpt", "gpt", "local", "gpt",
  ]
  private static let goldenHash: UInt64 = 0x3b42_2cc2_b9ca_9dff

  @Test(arguments: [[95, 5], [3, 1], [1, 1, 1, 1], [10, 20, 30, 40], [1, 999_999]])
  func sharesInProportion(weights: [Int]) {
    let candidates = weights.enumerated().map { Candidate("c\($0)", $1) }
    let drawn = draws(candidates)
    for candidate in candidates {
      let id = String(decoding: candidate.id, as: UTF8.self)
      let share = Double(candidate.weight) / Double(weights.reduce(0, +))
      #expect(isWithinBounds(drawn.count { $0 == id }, of: drawn.count, share: share))
    }
  }

  struct Change: CustomTestStringConvertible {
    var testDescription: String
    var before: [Candidate]
    var after: [Candidate]
    /// The only candidate that conversations leave, or join.
    var moving: String
    /// The share of all conversations that have to move.
    var share: Double
  }

  /// Only those conversations move that have to.
  @Test(arguments: [
    Change(
      testDescription: "a weight rises", before: [.init("a", 1), .init("b", 1), .init("c", 2)],
      after: [.init("a", 1), .init("b", 3), .init("c", 2)], moving: "b", share: 0.25),
    Change(
      testDescription: "a weight falls", before: [.init("a", 95), .init("b", 5)],
      after: [.init("a", 20), .init("b", 5)], moving: "a", share: 0.15),
    Change(
      testDescription: "added", before: [.init("a", 2), .init("b", 1)],
      after: [.init("new", 1), .init("a", 2), .init("b", 1)], moving: "new", share: 0.25),
    Change(
      testDescription: "removed", before: [.init("a", 2), .init("b", 1), .init("c", 1)],
      after: [.init("c", 1), .init("a", 2)], moving: "b", share: 0.25),
    Change(
      testDescription: "disabled", before: [.init("a", 2), .init("b", 1), .init("c", 1)],
      after: [.init("a", 2), .init("b", 1, enabled: false), .init("c", 1)], moving: "b",
      share: 0.25),
    Change(
      testDescription: "turned down to nothing", before: [.init("a", 3), .init("b", 1)],
      after: [.init("a", 0), .init("b", 1)], moving: "a", share: 0.75),
    Change(
      testDescription: "all weights in proportion", before: [.init("a", 3), .init("b", 1)],
      after: [.init("a", 750_000), .init("b", 250_000)], moving: "", share: 0),
    Change(
      testDescription: "made a fallback", before: [.init("a", 3), .init("b", 1)],
      after: [.init("a", 3), .init("b", 1, fallback: true)], moving: "b", share: 0.25),
  ])
  func movesOnlyWhatMustMove(change: Change) {
    let moves = zip(draws(change.before), draws(change.after)).filter { $0 != $1 }
    let others = moves.filter { $0 != change.moving && $1 != change.moving }
    #expect(others.isEmpty)
    // In one direction.
    #expect(
      moves.allSatisfy { $0.0 == change.moving } || moves.allSatisfy { $0.1 == change.moving })
    if change.share == 0 {
      #expect(moves.isEmpty)
    } else {
      #expect(isWithinBounds(moves.count, of: Self.conversations, share: change.share))
    }
  }

  /// While one is unusable its conversations are with others. All others stay, and it gets its own
  /// back.
  @Test func returnsToTheOneThatWasUnusable() {
    let pool = CandidatePool([Candidate("a", 1), Candidate("b", 1), Candidate("c", 1)])
    for number in 0..<500 {
      let token = ConversationToken(number)
      let usual = pool.draw(for: token)!
      let meanwhile = pool.draw(for: token) { $0 != 1 }!
      #expect(usual == 1 ? meanwhile != 1 : meanwhile == usual)
    }
  }

  @Test func hasNothingToDrawFrom() {
    #expect(CandidatePool([]).draw(for: ConversationToken(1)) == nil)
    #expect(draws([.init("a", 0), .init("b", 1, fallback: true)], 1) == [nil])
  }

  @Test func tellsBotsAndConversationsApart() {
    let tokens = [("ab", "c"), ("a", "bc"), ("a", "c"), ("b", "c")].map { bot, conversation in
      let bot = Array(bot.utf8)
      let conversation = Array(conversation.utf8)
      return ConversationToken(bot: bot.span, conversation: conversation.span).hash
    }
    #expect(Set(tokens).count == tokens.count)
  }
}
