import Bytes
import Configuration
import EventLoop
import Exchange
import JSON
import Logging
import Platform

/// Asks Telegram for updates, one request after another: each lasts until there is something, or for 50 s.
///
/// An update is confirmed, by the offset of a later request, only after it is settled: what is done with it is kept. Until
/// then Telegram has it, whatever happens here.
final class TelegramPoller {
  /// Takes updates in order, each once.
  var onUpdates: (([TelegramUpdate]) -> Void)?
  /// Called after each request that was made while updates were not settled. Returns when the next one is to be made.
  var onLook: (() -> Instant)?

  private let api: TelegramAPI
  private let services: Services
  private let status: ChannelState
  private var request: ServiceClient.Request?
  private var timer: TimerID?
  /// The ids of updates that are not settled, in order.
  private var unsettled: [Int] = []
  /// The highest id so far; `nil` before the first update, and after ``memory``.
  private var highest: Int?
  private var lastUpdate: Instant
  private var failures = 0
  private var pauses = ConnectionPauses()
  /// How many updates are asked for at once: fewer after an answer that could not be read.
  private var batch = TelegramPoller.largestBatch
  private var isClosed = false

  private static let largestBatch = 100
  /// How long Telegram waits for an update, in seconds.
  private static let patienceSeconds = 50
  /// How long a request may take. Telegram answers after 50 s at the latest.
  private static let deadline = TimeSpan.seconds(90)
  /// How long the highest id counts. Telegram keeps no update for longer than a day, and numbers may begin elsewhere
  /// after a week without updates.
  private static let memory = TimeSpan.seconds(48 * 3600)
  private static let conflictPause = TimeSpan.seconds(60)

  init(_ api: TelegramAPI, _ services: Services, _ status: ChannelState) {
    self.api = api
    self.services = services
    self.status = status
    lastUpdate = services.loop.now
  }

  private var now: Instant { services.loop.now }

  /// Begins to ask, or asks at once instead of later.
  func begin() {
    guard !isClosed, request == nil else { return }
    services.loop.cancel(timer)
    timer = nil
    ask()
  }

  /// Ends the request that is under way. Nothing is asked any more.
  func close() {
    isClosed = true
    services.loop.cancel(timer)
    timer = nil
    if let request { api.service.cancel(request) }
    request = nil
  }

  /// Notes that what is done with an update is kept.
  func settle(_ ids: [Int]) {
    unsettled.removeAll { ids.contains($0) }
    // The next request confirms it, and waits for what follows.
    if unsettled.isEmpty, timer != nil, failures == 0 { begin() }
  }

  private func ask() {
    if now - lastUpdate > TelegramPoller.memory, unsettled.isEmpty { highest = nil }
    var writer = JSONWriter()
    writer.beginObject()
    if let offset = unsettled.first ?? highest.map({ $0 + 1 }) {
      writer.member("offset", integer: offset)
    }
    writer.member("limit", integer: batch)
    // Without waiting it shows at once whether Telegram can be reached.
    let waits = unsettled.isEmpty && status.value.state == .ready
    writer.member("timeout", integer: waits ? TelegramPoller.patienceSeconds : 0)
    writer.name("allowed_updates")
    writer.beginArray()
    writer.string("message")
    writer.string("edited_message")
    writer.endArray()
    writer.endObject()
    let start = now
    request = api.call("getUpdates", writer, within: TelegramPoller.deadline) { [self] in
      request = nil
      if !isClosed { take($0, askedAt: waits ? start : nil) }
    }
  }

  private func ask(after pause: TimeSpan) {
    guard !isClosed else { return }
    timer = services.loop.schedule(after: pause) { [self] in
      timer = nil
      ask()
    }
  }

  private func take(_ answer: TelegramAPI.Answer, askedAt start: Instant?) {
    switch answer {
    case .ok(let result):
      failures = 0
      pauses.end()
      batch = TelegramPoller.largestBatch
      status.noteReady()
      take(result, askedAt: start)
    case .refused(let refusal) where refusal.isAboutToken:
      status.stop(
        "Telegram refuses the token (\(refusal.text)): copy it from @BotFather into the file")
    case .refused(let refusal):
      pauses.end()
      fail(refusal.text, isRefusal: true)
      if refusal.code == 409 {
        ask(after: TelegramPoller.conflictPause)
      } else if let seconds = refusal.retryAfterSeconds {
        ask(after: .seconds(min(max(seconds, 1), 3600)))
      } else {
        askAgain()
      }
    case .failed(let isUnreachable, let reason):
      if let start, now - start >= TelegramPoller.deadline { status.value.restarts += 1 }
      fail(reason)
      if isUnreachable { return ask(after: pauses.next(at: now)) }
      pauses.end()
      batch = 1
      askAgain()
    }
  }

  private func fail(_ reason: Text, isRefusal: Bool = false) {
    failures += 1
    status.fail(reason, isRefusal: isRefusal)
    _ = onLook?()
  }

  private func askAgain() {
    ask(after: .seconds(min(60, 1 << min(failures - 1, 6))))
  }

  private func take(_ result: JSONValue, askedAt start: Instant?) {
    var updates: [TelegramUpdate] = []
    for element in result.elements {
      guard let update = TelegramUpdate(element), highest.map({ $0 < update.id }) ?? true else {
        continue
      }
      highest = update.id
      unsettled.append(update.id)
      updates.append(update)
    }
    if !updates.isEmpty {
      lastUpdate = now
      status.value.lastUpdate = .now
      onUpdates?(updates)
    }
    guard !isClosed else { return }
    if !unsettled.isEmpty, let next = onLook?(), !unsettled.isEmpty {
      ask(after: max(next - now, .milliseconds(50)))
    } else if updates.isEmpty,
      !result.isEmpty || start.map({ now - $0 < .milliseconds(500) }) ?? false
    {
      // An answer that brings nothing at once would bring nothing at once again.
      ask(after: .seconds(1))
    } else {
      ask()
    }
  }
}
