import Bytes
import Context
import EventLoop
import Platform
import Testing
import TestSupport

@testable import Storage

/// Deletions are made one after another, in slices, and reported once nothing is left.
@Suite struct ConversationEraserTests {
  private static let bot = bytes("bot")

  /// An eraser of a ring in memory, on a loop whose clock moves by `tick` whenever it is read.
  final class Bench {
    let resident: ResidentRing
    let loop: EventLoop
    let eraser: ConversationEraser
    private(set) var slices = 0

    init(tick: TimeSpan) throws {
      resident = try ResidentRing(byteCount: 1 << 20, key: SipHash.Key(1, 2))
      let clock = FakeClock()
      loop = try EventLoop {
        clock.advance(tick)
        return clock.now
      }
      var count: () -> Void = {}
      eraser = ConversationEraser(resident, on: loop) { count() }
      count = { [unowned self] in slices += 1 }
    }

    func fill(_ conversations: Int, by user: String, turns: Int = 1) throws {
      let userID = bytes(user)
      for _ in 0..<turns {
        for number in 0..<conversations {
          let id = bytes("\(user)-\(number)")
          try resident.ring.append(
            to: ConversationIdentity(bot: ConversationEraserTests.bot.span, conversation: id.span),
            user: id.span, reply: id.span, integration: id.span, userID: userID.span, at: 0)
        }
      }
    }

    func run(until isDone: () -> Bool) throws {
      for _ in 0..<10_000 where !isDone() { try loop.turn(waitingAtMost: .milliseconds(0)) }
    }
  }

  @Test func deletesLittleAtOnce() throws {
    let bench = try Bench(tick: .milliseconds(0))
    try bench.fill(3, by: "ann")
    var deleted: [Int] = []
    bench.eraser.erase(.conversation(bytes("ann-1"), bot: Self.bot)) { deleted.append($0) }
    bench.eraser.erase(.conversation(bytes("ann-1"), bot: Self.bot)) { deleted.append($0) }
    bench.eraser.erase(.user(bytes("ann"), bot: Self.bot)) { deleted.append($0) }
    bench.eraser.erase(.bot(Self.bot)) { deleted.append($0) }
    #expect(deleted == [1, 0, 2, 0])
    #expect(bench.resident.ring.statistics.turns == 0)
  }

  /// With a clock that moves by 5 ms between two looks, a slice is a few steps.
  @Test func deletesMuchInSlices() throws {
    let bench = try Bench(tick: .milliseconds(5))
    try bench.fill(200, by: "ann", turns: 3)
    try bench.fill(200, by: "bob")
    var deleted: [String] = []
    bench.eraser.erase(.user(bytes("ann"), bot: Self.bot)) { deleted.append("ann \($0)") }
    bench.eraser.erase(.user(bytes("bob"), bot: Self.bot)) { deleted.append("bob \($0)") }
    bench.eraser.erase(.bot(Self.bot)) { deleted.append("all \($0)") }
    #expect(deleted.isEmpty)
    let turns = bench.resident.ring.statistics.turns
    #expect(turns > 700)
    // What was begun is not seen any more; what is stored meanwhile stays, if its turn has passed.
    try bench.run { deleted.count == 1 }
    #expect(deleted == ["ann 200"])
    try bench.run { deleted.count == 3 }
    #expect(deleted == ["ann 200", "bob 200", "all 0"])
    #expect(bench.slices > 50)
    #expect(bench.resident.ring.statistics.turns == 0)
  }
}
