import Bytes
import Configuration
import EventLoop
import Exchange
import JSON
import Logging
import Platform
import Storage
import TestSupport

@testable import Channels

/// Keeps what channels submit, when the test says so.
final class FakeSink: MessageSink {
  private(set) var submissions: [Submission] = []
  /// What happens to the next messages; what is not here is accepted.
  var results: [Submitted] = []
  var known: Set<String> = []
  /// Whether what is accepted is kept at once.
  var keepsAtOnce = true
  private var waiting: [() -> Void] = []

  func submit(_ submission: Submission, from userID: [UInt8]?) -> Submitted {
    let result = results.isEmpty ? .accepted(id: bytes("msg")) : results.removeFirst()
    if case .accepted = result { submissions.append(submission) }
    return result
  }

  func isKnown(key: [UInt8]) -> Bool { known.contains(text(key)) }

  func newest(
    for bot: [UInt8], where matches: (_ conversation: Span<UInt8>) -> Bool
  ) -> [UInt8]? {
    submissions.last { matches($0.conversation.span) }?.conversation
  }

  func whenKept(_ action: @escaping () -> Void) {
    if keepsAtOnce { action() } else { waiting.append(action) }
  }

  /// What was accepted is kept now.
  func keep() {
    let actions = waiting
    waiting = []
    for action in actions { action() }
  }

  /// The text of each message, or its parts as JSON.
  var contents: [String] {
    submissions.map { submission in
      guard let content = (try? JSONDocument(submission.body))?.root["content"] else { return "" }
      return content.string.map { text($0) } ?? text(content.span.copied)
    }
  }

  var conversations: [String] { submissions.map { text($0.conversation) } }
}

/// A channel on a clock that the test moves.
final class ChannelBench {
  let service = FakeService()
  let sink = FakeSink()
  let loop: EventLoop
  let channel: any Channel
  let configuration: Configuration
  private let surroundings: ChannelSurroundings
  private let clock = FakeClock()

  /// `settings` are lines of the channel's section, after its type.
  init(_ settings: String) throws {
    configuration = try TestSupport.configuration(
      "[integration echo]\ntype = echo\n[channel home]\n" + settings)
    loop = try EventLoop(clock: { [clock] in clock.now })
    let random = RandomSource()
    let log = Log(level: .error, format: .text)
    let services = Services(loop: loop, client: service, log: log, random: random)
    let worker = try BlockingWorker()
    surroundings = ChannelSurroundings(
      services, sink,
      try ContextStore(
        configuration.context, on: loop, log: log, random: random, worker: worker),
      configuration)
    let own = configuration.channels[0]
    channel =
      own.kind == .slack
      ? SlackChannel(own, surroundings) : TelegramChannel(own, surroundings)
    channel.begin()
  }

  deinit { channel.close() }

  var now: Instant { clock.now }

  /// Moves the clock in steps of 10 ms.
  func run(for span: TimeSpan) throws {
    let end = now + span
    repeat {
      clock.advance(min(.milliseconds(10), end - now))
      try loop.turn(waitingAtMost: .milliseconds(0))
    } while now < end
  }

  /// Moves the clock until there is an open request, for at most `limit`. Returns how long it took; `nil` if none came.
  func timeUntilRequest(atMost limit: TimeSpan = .seconds(200)) throws -> TimeSpan? {
    let start = now
    while service.open.isEmpty {
      if now - start > limit { return nil }
      try run(for: .milliseconds(10))
    }
    return now - start
  }
}
