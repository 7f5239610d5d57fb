import Bytes
import Configuration
import EventLoop
import Exchange
import Platform

/// Makes messages for a bot of Slack's events: what belongs together, with its files.
final class SlackIntake {
  private let channel: SlackChannel
  private var loop: EventLoop { channel.services.loop }
  /// What is not submitted yet, in order.
  private var gatherings: [SlackGathering] = []
  private var isFetching = false
  private var isClosed = false

  init(_ channel: SlackChannel) {
    self.channel = channel
  }

  /// Ends what is under way: Slack posts it again.
  func close() {
    isClosed = true
    for gathering in gatherings {
      loop.cancel(gathering.timer)
      gathering.complete(.refused(.unwritable))
    }
    gatherings = []
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
    for gathering in gatherings where gathering.has(message) {
      return gathering.add(completion)
    }
    for gathering in gatherings where gathering.take(message) {
      gathering.add(completion)
      return wait(for: gathering)
    }
    let gathering = SlackGathering(message, request, at: loop.now)
    gathering.add(completion)
    gatherings.append(gathering)
    wait(for: gathering)
  }

  private func wait(for gathering: SlackGathering) {
    loop.cancel(gathering.timer)
    let pause = TimeSpan.milliseconds(channel.settings.gatherMilliseconds)
    guard pause > .milliseconds(0) else { return complete(gathering) }
    gathering.timer = loop.schedule(at: gathering.due(at: loop.now, after: pause)) { [self] in
      gathering.timer = nil
      complete(gathering)
    }
  }

  /// Submits it now, or after its files, and after what waits for the same place.
  private func complete(_ gathering: SlackGathering) {
    gathering.isComplete = true
    let isNext = !gatherings.contains {
      $0 !== gathering && $0.isComplete && $0.place == gathering.place
    }
    if isNext, gathering.files.isEmpty { submit(gathering, gathering.text) } else { fetchNext() }
  }

  private func fetchNext() {
    guard !isFetching, let next = gatherings.first(where: { $0.isComplete }) else { return }
    isFetching = true
    channel.fetch(next.files, next.text) { [self] content in
      isFetching = false
      guard !isClosed else { return }
      submit(next, content)
      fetchNext()
    }
  }

  private func submit(_ gathering: SlackGathering, _ content: ChannelContent) {
    gatherings.removeAll { $0 === gathering }
    switch channel.submit(gathering, content) {
    case .accepted:
      channel.status.value.messages += 1
      channel.sink.whenKept { gathering.complete(.accepted) }
    case .known, .refused(.different):
      channel.sink.whenKept { gathering.complete(.accepted) }
    case .refused(let refusal): gathering.complete(.refused(refusal))
    }
  }
}
