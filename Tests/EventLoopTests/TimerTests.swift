import Platform
import Testing
import TestSupport

@testable import EventLoop

/// Timers as the loop fires them.
@Suite(.seeded) struct TimerTests {
  private let clock = FakeClock()
  private let loop: EventLoop
  private let journal = Journal()

  init() throws {
    loop = try EventLoop { [clock] in clock.now }
  }

  @Test func firesWhenDueAndOnce() throws {
    _ = loop.schedule(after: .milliseconds(10)) { [journal] in journal.note("late") }
    _ = loop.schedule(after: .milliseconds(5)) { [journal] in journal.note("early") }
    _ = loop.schedule(at: loop.now + .milliseconds(7)) { [journal] in journal.note("middle") }
    clock.advance(.milliseconds(4))
    try loop.turnWithoutWaiting()
    #expect(journal.entries == [])
    clock.advance(.milliseconds(3))
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["early", "middle"])
    clock.advance(.milliseconds(100))
    try loop.turnWithoutWaiting()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["early", "middle", "late"])
  }

  @Test func cancelsWhatIsPendingAndNothingElse() throws {
    let pending = loop.schedule(after: .milliseconds(1)) { [journal] in journal.note("cancelled") }
    let fired = loop.schedule(after: .milliseconds(1)) { [journal] in journal.note("fired") }
    loop.cancel(nil)
    loop.cancel(pending)
    clock.advance(.milliseconds(2))
    try loop.turnWithoutWaiting()
    let next = loop.schedule(after: .milliseconds(1)) { [journal] in journal.note("next") }
    loop.cancel(fired)
    loop.cancel(pending)
    clock.advance(.milliseconds(2))
    try loop.turnWithoutWaiting()
    loop.cancel(next)
    #expect(journal.entries == ["fired", "next"])
  }

  /// A timer that is due in the same turn as the one that cancels it is not called.
  @Test func cancelsWithinATurn() throws {
    var second: TimerID?
    _ = loop.schedule(after: .milliseconds(1)) { [loop, journal] in
      journal.note("first")
      loop.cancel(second)
    }
    second = loop.schedule(after: .milliseconds(2)) { [journal] in journal.note("second") }
    clock.advance(.milliseconds(5))
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["first"])
  }

  /// A timer that is always due again leaves time for other handlers.
  @Test func firesInTheNextTurnWhatIsDueAtOnce() throws {
    func again() {
      journal.note("again")
      guard journal.entries.count < 100 else { return }
      _ = loop.schedule(after: .milliseconds(0)) { again() }
    }
    _ = loop.schedule(at: Instant(nanoseconds: 0)) { again() }
    clock.advance(.milliseconds(1))
    try loop.turnWithoutWaiting()
    #expect(journal.entries.count == 1)
    clock.advance(.milliseconds(1))
    try loop.turnWithoutWaiting()
    #expect(journal.entries.count == 2)
  }

  @Test func keepsThousandsInOrder() throws {
    var random = SeededGenerator(stream: 1)
    var fired: [Int] = []
    let delays = (1...5000).shuffled(using: &random)
    let timers = delays.map { delay in
      loop.schedule(after: .milliseconds(delay)) { fired.append(delay) }
    }
    for (delay, timer) in zip(delays, timers) where delay % 3 == 0 { loop.cancel(timer) }
    clock.advance(.milliseconds(5000))
    try loop.turnWithoutWaiting()
    #expect(fired == (1...5000).filter { $0 % 3 != 0 })
  }

  /// By the real clock: not too early, and without another event that wakes the loop.
  @Test func waitsForTheDeadline() throws {
    let loop = try EventLoop()
    let start = Instant.now
    var isFired = false
    _ = loop.schedule(after: .milliseconds(20)) {
      isFired = true
      loop.stop()
    }
    try loop.run()
    #expect(isFired)
    #expect(Instant.now - start >= .milliseconds(20))
  }

  @Test func waitsNoLongerThanAskedFor() throws {
    let loop = try EventLoop()
    _ = loop.schedule(after: .seconds(60)) {}
    let start = Instant.now
    try loop.turn(waitingAtMost: .milliseconds(5))
    #expect(Instant.now - start < .seconds(30))
  }
}
