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
  /// Whether no other message is waited for.
  var isComplete = false
  private let first: Instant
  private var completions: [(ChannelResponse) -> Void] = []

  /// The most messages. Slack posts again what is not answered within 3 s.
  private static let (mostMessages, longest) = (20, TimeSpan.milliseconds(2200))

  init(_ message: SlackMessage, _ request: [UInt8], at now: Instant) {
    messages = [message]
    self.request = request
    first = now
  }

  /// Where the messages were written.
  var place: SlackPlace { messages[0].place }

  /// The texts of the messages, each in a line.
  var text: ChannelContent {
    var content = ChannelContent(text: [])
    for message in messages { content.add(line: message.text) }
    return content
  }

  /// The files of the messages.
  var files: [SlackFile] {
    var files: [SlackFile] = []
    for message in messages { for file in message.files { files.append(file) } }
    return files
  }

  /// When it is complete, if no other message comes.
  func due(at now: Instant, after pause: TimeSpan) -> Instant {
    min(now + pause, first + SlackGathering.longest)
  }

  /// Whether a message is one of its, which Slack has posted again.
  func has(_ message: SlackMessage) -> Bool { messages.contains { $0.key == message.key } }

  /// Takes a message of the same person in the same place. Returns whether it is one.
  func take(_ message: SlackMessage) -> Bool {
    guard !isComplete, message.place == place, message.user == messages[0].user,
      messages.count < SlackGathering.mostMessages
    else { return false }
    messages.append(message)
    return true
  }

  /// Has a request answered with the others.
  func add(_ completion: @escaping (ChannelResponse) -> Void) { completions.append(completion) }

  /// Answers Slack's requests.
  func complete(_ response: ChannelResponse) {
    let all = completions
    completions = []
    for completion in all { completion(response) }
  }
}
