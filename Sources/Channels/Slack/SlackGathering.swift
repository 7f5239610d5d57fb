import Bytes
import EventLoop
import Platform

/// Messages of one person in one place of Slack, which are answered as one. Slack waits for the answers to its requests.
final class SlackGathering {
  /// The messages, oldest first; at least one.
  private(set) var messages: [SlackMessage]
  /// The id of the request that brought the first.
  let request: [UInt8]
  var timer: TimerID?
  private let first: Instant
  private var completions: [(ChannelResponse) -> Void]

  /// The most messages. Slack posts again what is not answered within 3 s.
  private static let (mostMessages, longest) = (20, TimeSpan.milliseconds(2200))

  init(
    _ message: SlackMessage, _ request: [UInt8], at now: Instant,
    then completion: @escaping (ChannelResponse) -> Void
  ) {
    messages = [message]
    self.request = request
    first = now
    completions = [completion]
  }

  /// Where the messages were written.
  var place: SlackPlace { messages[0].place }

  /// The texts of the messages, each in a line.
  var text: ChannelContent {
    var content = ChannelContent(text: [])
    for message in messages { content.add(line: message.text) }
    return content
  }

  /// When it is complete, if no other message comes.
  func due(at now: Instant, after pause: TimeSpan) -> Instant {
    min(now + pause, first + SlackGathering.longest)
  }

  /// Adds a message of the same person in the same place. Returns whether it is one.
  func add(_ message: SlackMessage, then completion: @escaping (ChannelResponse) -> Void) -> Bool {
    guard message.place == place, message.user == messages[0].user,
      messages.count < SlackGathering.mostMessages
    else { return false }
    messages.append(message)
    completions.append(completion)
    return true
  }

  /// Notes that Slack has posted one of its messages again. Returns whether it is one of its.
  func add(again message: SlackMessage, then completion: @escaping (ChannelResponse) -> Void)
    -> Bool
  {
    guard messages.contains(where: { $0.key == message.key }) else { return false }
    completions.append(completion)
    return true
  }

  /// Answers Slack's requests.
  func complete(_ response: ChannelResponse) {
    let all = completions
    completions = []
    for completion in all { completion(response) }
  }
}
