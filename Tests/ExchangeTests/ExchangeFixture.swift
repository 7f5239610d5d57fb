import Backends
import Configuration
import Context
import EventLoop
import JSON
import Logging
import Platform
import Protocols
import Storage
import TestSupport

@testable import Exchange

/// A dispatcher with backends that answer by a script, on a clock that the test moves.
final class ExchangeFixture {
  let configuration: Configuration
  let loop: EventLoop
  let backends: FakeBackends
  let dispatcher: Dispatcher
  let bot: Bot
  private let clock: FakeClock

  init(_ text: String) throws {
    configuration = try Self.load(text)
    let clock = FakeClock()
    self.clock = clock
    loop = try EventLoop(clock: { clock.now })
    backends = FakeBackends(on: loop)
    let random = RandomSource()
    let services = Services(
      loop: loop, client: backends, log: Log(level: .error, format: .text), random: random)
    let worker = try BlockingWorker()
    _ = try loop.register(worker.number, for: .read) { _ in worker.deliver() }
    dispatcher = Dispatcher(
      configuration.limits, configuration.context,
      context: try ContextStore(
        configuration.context, on: loop, log: services.log, random: random, worker: worker),
      services: services)
    let settings = configuration.bots[0]
    bot = Bot(
      settings,
      integrations: configuration.integrations.map {
        Integration($0, bot: settings, version: "0")
      })
  }

  var now: Instant { clock.now }

  private static func load(_ text: String) throws -> Configuration {
    // Named in full: the fixture has a property of the same name.
    try TestSupport.configuration(text)
  }

  /// Moves the clock, and lets the loop turn.
  func advance(_ span: TimeSpan) throws {
    clock.advance(span)
    try loop.turn(waitingAtMost: .milliseconds(0))
  }

  /// Moves the clock in steps of 20 ms, for a while.
  func run(for span: TimeSpan) throws {
    let end = now + span
    while now < end { try advance(.milliseconds(20)) }
  }

  /// A fallback, to be appended to a configuration.
  static let spare = """

    [integration spare]
    webhook_url = http://127.0.0.1/spare
    timeout = 5s
    fallback = yes
    """

  /// An exchange for a message, not admitted yet.
  func exchange(
    _ content: String, in conversation: String, streaming: Bool = false, to client: FakeClient
  ) throws -> Exchange {
    let message = Message(
      .turn(try JSONDocument(bytes(#""\#(content)""#)).root, in: nil, next: 0), to: nil,
      conversation: bytes(conversation), user: nil, userID: nil, metadata: nil,
      isStreaming: streaming)
    return Exchange(
      message, for: bot, request: bytes("req_1"), through: dispatcher, to: client)
  }

  /// The newest messages of a conversation, oldest first, without their quotes.
  func messages(of conversation: String, turns: Int = 100) -> [String] {
    var messages: [String] = []
    dispatcher.context.recall(
      bot: bot.settings.id, conversation: bytes(conversation), turns: turns
    ) { role, content in
      messages.append("\(role): \(text(content.copied).dropFirst().dropLast())")
    }
    return messages
  }
}

/// A client that keeps what it is told.
final class FakeClient: Recipient {
  private(set) var deltas: [ReplyDelta] = []
  private(set) var answers: [Answer] = []
  private(set) var refusals: [ExchangeRefusal] = []
  /// Whether it accepts more of a reply.
  var hasRoom = true
  var onAnswer: (Answer) -> Void = { _ in }

  /// The text that it has got, piece by piece.
  var text: String {
    deltas.map {
      if case .text(let text) = $0 { String(decoding: text, as: UTF8.self) } else { "" }
    }
    .joined()
  }

  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    precondition(answers.isEmpty, "nothing follows the answer")
    self.deltas += deltas
    return hasRoom
  }

  func refuse(_ refusal: ExchangeRefusal) {
    refusals.append(refusal)
  }

  func receive(_ answer: Answer) {
    answers.append(answer)
    onAnswer(answer)
  }
}
