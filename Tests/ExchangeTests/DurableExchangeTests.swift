import Foundation
import Platform
import Storage
import Testing
import TestSupport

@testable import Exchange

/// Exchanges whose reply waits for storage.
@Suite struct DurableExchangeTests {
  private func fixture(in folder: String) throws -> ExchangeFixture {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try ExchangeFixture("[context]\nfile = \(folder)/ring\nsync = always\n")
  }

  private func turn(_ fixture: ExchangeFixture, until isDone: () -> Bool) throws {
    for _ in 0..<5000 where !isDone() {
      try fixture.advance(.milliseconds(0))
      usleep(1000)
    }
  }

  /// The turn is in the context before its reply is sent, and the next message of the conversation
  /// waits for that.
  @Test func answersOnceTheTurnIsOnStorage() throws {
    let folder = try TemporaryFolder()
    let fixture = try fixture(in: folder.path)
    var answers: [String] = []
    for word in ["one", "two"] {
      let client = FakeClient()
      client.onAnswer = { _ in
        answers.append(word)
        #expect(fixture.messages(of: "c").count == 2 * answers.count)
      }
      let exchange = try fixture.exchange(word, in: "c", to: client)
      try fixture.dispatcher.admit(exchange)
    }
    #expect(answers.isEmpty)
    try turn(fixture) { answers.count == 2 }
    #expect(answers == ["one", "two"])
  }

  /// A client that leaves then is too late: the turn is there, and a repeated request gets its
  /// answer.
  @Test func cannotBeGivenUpOnceTheTurnIsRecorded() throws {
    let folder = try TemporaryFolder()
    let fixture = try fixture(in: folder.path)
    let client = FakeClient()
    let exchange = try fixture.exchange("one", in: "c", to: client)
    try fixture.dispatcher.admit(exchange)
    #expect(!exchange.giveUp())
    #expect(client.answers.isEmpty)
    try turn(fixture) { !client.answers.isEmpty }
    #expect(client.answers.count == 1)
    #expect(!exchange.giveUp())
    #expect(fixture.messages(of: "c") == ["user: one", "assistant: one"])
  }
}
