import Bytes
import Configuration
import EventLoop
import Exchange
import Platform

/// Makes messages for a bot of Slack's events: what belongs together, with its files.
final class SlackIntake {
  private let channel: SlackChannel
  private var loop: EventLoop { channel.services.loop }
  /// What is complete later, in order.
  private var gatherings: [SlackGathering] = []
  /// What is complete, and waits for its files. In order.
  private var waiting: [SlackGathering] = []
  private var isFetching = false
  private var isClosed = false

  init(_ channel: SlackChannel) {
    self.channel = channel
  }

  /// Ends what is under way: Slack posts it again.
  func close() {
    isClosed = true
    for gathering in gatherings + waiting {
      loop.cancel(gathering.timer)
      gathering.complete(.refused(.unwritable))
    }
    (gatherings, waiting) = ([], [])
  }

  /// Takes a message for the bot. Calls `completion` once: when it is kept.
  func take(
    _ message: SlackMessage, _ request: [UInt8],
    then completion: @escaping (ChannelResponse) -> Void
  ) {
    // Slack has posted it again, or as another kind of event.
    if channel.sink.isKnown(key: channel.key(of: message)) {
      return channel.sink.whenKept { completion(.accepted) }
    }
    for gathering in gatherings + waiting where gathering.add(again: message, then: completion) {
      return
    }
    for gathering in gatherings where gathering.add(message, then: completion) {
      return wait(for: gathering)
    }
    let gathering = SlackGathering(message, request, at: loop.now, then: completion)
    guard channel.settings.gatherMilliseconds > 0 else { return submit(gathering) }
    gatherings.append(gathering)
    wait(for: gathering)
  }

  private func wait(for gathering: SlackGathering) {
    loop.cancel(gathering.timer)
    let pause = TimeSpan.milliseconds(channel.settings.gatherMilliseconds)
    gathering.timer = loop.schedule(at: gathering.due(at: loop.now, after: pause)) { [self] in
      gathering.timer = nil
      gatherings.removeAll { $0 === gathering }
      submit(gathering)
    }
  }

  /// Submits now, or after what waits for the same place.
  private func submit(_ gathering: SlackGathering) {
    let hasFiles = gathering.messages.contains { !$0.files.isEmpty }
    guard hasFiles || waiting.contains(where: { $0.place == gathering.place }) else {
      return submit(gathering, gathering.text)
    }
    waiting.append(gathering)
    fetchNext()
  }

  private func fetchNext() {
    guard !isFetching, let next = waiting.first else { return }
    isFetching = true
    channel.fetch(next.messages.flatMap { $0.files }, next.text) { [self] content in
      isFetching = false
      guard !isClosed else { return }
      waiting.removeFirst()
      submit(next, content)
      fetchNext()
    }
  }

  private func submit(_ gathering: SlackGathering, _ content: ChannelContent) {
    let submitted = channel.submit(gathering, content)
    switch submitted {
    case .accepted:
      channel.status.value.messages += 1
      channel.sink.whenKept { gathering.complete(.accepted) }
    case .known, .different: channel.sink.whenKept { gathering.complete(.accepted) }
    default: gathering.complete(.refused(submitted))
    }
  }
}
