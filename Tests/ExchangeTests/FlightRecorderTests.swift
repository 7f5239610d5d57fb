import Bytes
import Configuration
import Testing

@testable import Exchange

/// What the flight recorder keeps of exchanges, on a clock that the test moves.
struct FlightRecorderTests {
  private let backend = """
    [integration main]
    webhook_url = http://127.0.0.1/main
    retries = 0
    """

  private func recording(_ text: String) throws -> ExchangeFixture {
    let fixture = try ExchangeFixture(text)
    try fixture.dispatcher.recorder.adopt(
      fixture.configuration.recorder, masking: fixture.configuration.secrets)
    return fixture
  }

  @Test func timesAreThoseOfTheClock() throws {
    let fixture = try recording(backend)
    fixture.backends.script = { _ in
      .init(delay: .milliseconds(300), result: .answer(200, #"{"content": "Hi"}"#))
    }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("One", in: "c", to: client))
    try fixture.dispatcher.admit(fixture.exchange("Two", in: "c", to: client))
    try fixture.run(for: .milliseconds(1000))
    var seen: [[Int?]] = []
    fixture.dispatcher.recorder.visit { record in
      _ = record.visitAttempts { attempt in
        seen.append([record.duration, record.waited, attempt.start, attempt.duration])
      }
      return true
    }
    #expect(seen == [[600, 300, 300, 300], [300, 0, 0, 300]])
  }
}
