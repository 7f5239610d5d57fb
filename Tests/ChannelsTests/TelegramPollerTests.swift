import Exchange
import Platform
import TestSupport
import Testing

@testable import Channels

/// How Telegram is asked again after what goes wrong, on a clock that the test moves.
@Suite struct TelegramPollerTests {
  private func bench() throws -> ChannelBench { try ChannelBench("token = 42:x\nallow = 7\n") }

  private func refusal(_ code: Int, _ more: String = "") -> String {
    #"{"ok":false,"error_code":\#(code),"description":"No"\#(more)}"#
  }

  private func isNear(_ span: TimeSpan?, _ seconds: Int) -> Bool {
    guard let span else { return false }
    return seconds * 1000..<seconds * 1000 + 50 ~= span.milliseconds
  }

  @Test(arguments: [
    (409, "", 60), (429, #","parameters":{"retry_after":7}"#, 7), (400, "", 1), (500, "", 1),
    (429, #","parameters":{"retry_after":99999}"#, 3600),
  ])
  func refusalsSayWhenToAskAgain(code: Int, more: String, seconds: Int) throws {
    let bench = try bench()
    bench.service.open[0].answer(code, refusal(code, more))
    #expect(bench.channel.currentStatus.state == .failing)
    let time = try bench.timeUntilRequest(atMost: .seconds(4000))
    #expect(isNear(time, seconds), "\(String(describing: time))")
    bench.service.open[0].answer(200, #"{"ok":true,"result":[]}"#)
    #expect(bench.channel.currentStatus.state == .ready)
  }

  @Test(arguments: [401, 404])
  func aWrongTokenStopsUntilTheFileIsReadAgain(code: Int) throws {
    let bench = try bench()
    bench.service.open[0].answer(code, refusal(code))
    #expect(bench.channel.currentStatus.state == .stopped)
    #expect(try bench.timeUntilRequest() == nil)
  }

  @Test func pausesAfterStrangeAnswersGrow() throws {
    let bench = try bench()
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
      bench.service.open[0].answer(502, "<html>")
      #expect(isNear(try bench.timeUntilRequest(), seconds))
    }
    // Fewer updates may be readable where many are not.
    #expect(bench.service.open[0].integer("limit") == 1)
  }

  @Test func whatCannotBeReachedIsTriedSoon() throws {
    let bench = try bench()
    for _ in 0..<20 {
      bench.service.open[0].fail(.connectFailed)
      let pause = try #require(try bench.timeUntilRequest())
      #expect(1000...8050 ~= pause.milliseconds, "an uplink that comes back is used within 10 s")
    }
    bench.service.open[0].answer(200, #"{"ok":true,"result":[]}"#)
    bench.service.open[0].fail(.nameNotResolved)
    #expect(isNear(try bench.timeUntilRequest(), 1))
  }

  @Test func pausesAreLongerAfterTwoHours() {
    var pauses = ConnectionPauses()
    let start = Instant(nanoseconds: 1_000_000_000)
    for (seconds, pause) in [(0, 1), (1, 1), (5, 5), (60, 8), (7199, 8), (7201, 60), (99999, 60)] {
      #expect(pauses.next(at: start + .seconds(seconds)) == .seconds(pause))
    }
    pauses.end()
    #expect(pauses.next(at: start) == .seconds(1))
  }

  @Test func aPollWithoutProgressIsMadeAgain() throws {
    let bench = try bench()
    bench.service.open[0].answer(200, #"{"ok":true,"result":[]}"#)
    let silent = bench.service.open[0]
    #expect(silent.integer("timeout") == 50)
    try bench.run(for: .seconds(89))
    #expect(silent.isOpen)
    try bench.run(for: .seconds(3))
    #expect(!silent.isOpen && bench.service.open.count == 1)
    #expect(bench.channel.currentStatus.restarts == 1)
  }

  /// A server that answers at once, with nothing, is not asked without a pause.
  @Test func answersWithNothingAreNotAskedForInARow() throws {
    let bench = try bench()
    bench.service.open[0].answer(200, #"{"ok":true,"result":[]}"#)
    for _ in 0..<3 {
      bench.service.open[0].answer(200, #"{"ok":true,"result":[]}"#)
      #expect(isNear(try bench.timeUntilRequest(), 1))
    }
  }
}
