import Backends
import Configuration
import Platform
import Protocols
import Testing
import TestSupport

@testable import Exchange

@Suite struct AnswerTests {
  /// The memory for answers must count all of each: a backend's reason and tools' arguments may be
  /// long.
  @Test func countsWhatItTakes() throws {
    let settings = try configuration("[bot b]\n[integration i]\ntype = echo")
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
    let reply = try Dialect.openai.decode(
      bytes(
        """
        {"choices":[{"message":{"tool_calls":[{"id":"t","type":"function",\
        "function":{"name":"f","arguments":"\(text(long))"}}]}}]}
        """), acceptsToolCalls: true)
    let answer = Answer(
      content: .reply(reply, by: settings.integrations[0]), identifier: bytes("msg_1"),
      conversation: bytes("c"),
      attempts: [
        AttemptReport(
          integration: bytes("i"), outcome: .httpError, status: 500, milliseconds: 1,
          advice: "try again later", backendReason: long)
      ], time: .now)
    // The metadata has the arguments, too.
    #expect(300_000...301_000 ~= answer.byteCount)
  }
}
