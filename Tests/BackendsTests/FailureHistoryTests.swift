import Platform
import Testing

@testable import Backends

/// What the log is told of failures: once, and at most once a minute.
@Suite struct FailureHistoryTests {
  private let history = FailureHistory()
  private let failure = FailureHistory.Failure(
    .timeout, status: nil, message: "too late", isPassing: true)

  private func at(_ seconds: Int) -> Instant {
    Instant(nanoseconds: Int64(seconds) * 1_000_000_000)
  }

  @Test func tellsOnceUntilItWorks() {
    #expect(history.noteSuccess(at: at(0)) == nil)
    #expect(history.note(failure, at: at(1)))
    #expect(!history.note(failure, at: at(2)))
    #expect(!history.note(failure, at: at(1000)))
    #expect(history.last?.outcome == .timeout)
    let trouble = FailureHistory.Trouble(length: .seconds(1009), failures: 3)
    #expect(history.noteSuccess(at: at(1010)) == trouble)
    #expect(history.last == nil)
    #expect(history.noteSuccess(at: at(1011)) == nil)
  }

  /// What comes and goes within the minute is not told, and neither is its end; what stays is.
  @Test func tellsAtMostOnceAMinute() {
    #expect(history.note(failure, at: at(1)))
    #expect(history.noteSuccess(at: at(2)) != nil)
    #expect(!history.note(failure, at: at(3)))
    #expect(history.noteSuccess(at: at(4)) == nil)
    #expect(!history.note(failure, at: at(60)))
    #expect(history.note(failure, at: at(61)))
    let trouble = FailureHistory.Trouble(length: .seconds(10), failures: 2)
    #expect(history.noteSuccess(at: at(70)) == trouble)
  }

  @Test func countsRepliesOfFallbacks() {
    #expect(history.noteFallback(at: at(1)) == 1)
    for second in 2..<61 { #expect(history.noteFallback(at: at(second)) == nil) }
    #expect(history.noteFallback(at: at(61)) == 60)
    #expect(history.noteFallback(at: at(200)) == 1)
  }
}
