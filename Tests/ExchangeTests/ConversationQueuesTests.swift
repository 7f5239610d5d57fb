import Bytes
import Configuration
import Testing
import TestSupport

@testable import Exchange

@Suite struct ConversationQueuesTests {
  private final class Message {}

  private var queues = ConversationQueues<Message>()
  private let limits: LimitsSettings

  init() throws {
    limits = try configuration("[limits]\nin_flight = 3\nqueue_per_conversation = 2").limits
  }

  @Test mutating func answersOneAtATimeInOrder() {
    let messages = [Message(), Message(), Message()]
    #expect(messages.map { arrive($0, in: "a") } == ["begin", "wait", "wait"])
    #expect(leave("a") === messages[1])
    #expect(leave("a") === messages[2])
    #expect(leave("a") == nil)
    #expect(arrive(Message(), in: "a") == "begin")
  }

  @Test mutating func answersConversationsSideBySide() {
    #expect(arrive(Message(), in: "a") == "begin")
    let second = Message()
    #expect(arrive(second, in: "a") == "wait")
    #expect(arrive(Message(), in: "b") == "begin")
    #expect(leave("b") == nil)
    #expect(leave("a") === second)
  }

  @Test mutating func limitsWhatIsAnsweredAtOnce() {
    for conversation in ["a", "b", "c"] { #expect(arrive(Message(), in: conversation) == "begin") }
    #expect(arrive(Message(), in: "d") == "overloaded")
    // A message that waits for another one is not more work at the same time.
    #expect(arrive(Message(), in: "a") == "wait")
    // The next message of a conversation takes the place of the one before.
    #expect(leave("a") != nil)
    #expect(arrive(Message(), in: "d") == "overloaded")
    #expect(leave("a") == nil)
    #expect(arrive(Message(), in: "d") == "begin")
    #expect(arrive(Message(), in: "a") == "overloaded")
  }

  @Test mutating func limitsWhatWaits() {
    let waiting = [Message(), Message()]
    #expect(arrive(Message(), in: "a") == "begin")
    for message in waiting { #expect(arrive(message, in: "a") == "wait") }
    #expect(arrive(Message(), in: "a") == "conversationBusy")
    #expect(arrive(Message(), in: "b") == "begin")
    queues.withdraw(waiting[0], from: key("a"))
    let last = Message()
    #expect(arrive(last, in: "a") == "wait")
    #expect(leave("a") === waiting[1])
    #expect(leave("a") === last)
    #expect(leave("a") == nil)
  }

  /// Withdrawing a message that does not wait, or no longer waits, changes nothing.
  @Test mutating func withdrawsNothingElse() {
    let messages = [Message(), Message()]
    for message in messages { _ = arrive(message, in: "a") }
    queues.withdraw(messages[0], from: key("a"))
    queues.withdraw(Message(), from: key("a"))
    queues.withdraw(messages[1], from: key("b"))
    #expect(leave("a") === messages[1])
    queues.withdraw(messages[1], from: key("a"))
    #expect(leave("a") == nil)
    #expect(leave("a") == nil)
  }

  @Test mutating func letsNobodyWaitWhereNoneMay() throws {
    let limits = try configuration("[limits]\nqueue_per_conversation = 0").limits
    guard case .begin = queues.arrive(Message(), in: key("a"), limits: limits) else {
      Issue.record("the first of a conversation begins")
      return
    }
    guard
      case .refused(.conversationBusy) = queues.arrive(Message(), in: key("a"), limits: limits)
    else {
      Issue.record("the second of a conversation is refused")
      return
    }
  }

  private mutating func arrive(_ message: Message, in conversation: String) -> String {
    switch queues.arrive(message, in: key(conversation), limits: limits) {
    case .begin: "begin"
    case .wait: "wait"
    case .refused(let refusal): "\(refusal)"
    }
  }

  private mutating func leave(_ conversation: String) -> Message? {
    queues.leave(key(conversation))
  }

  private func key(_ conversation: String) -> QueueKey {
    QueueKey(bot: bytes("bot"), bytes(conversation), key: SipHash.Key(1, 2))
  }
}
