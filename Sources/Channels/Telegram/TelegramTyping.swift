import EventLoop
import Exchange
import JSON
import Platform

/// Shows in chats that the bot is typing, for as long as it thinks. Telegram shows it for 5 s at a time.
final class TelegramTyping {
  private let api: TelegramAPI
  private let loop: EventLoop
  private var places: [(address: [UInt8], count: Int)] = []
  private var timer: TimerID?

  private static let interval = TimeSpan.seconds(5)
  /// A reply that comes at once needs no sign.
  private static let pause = TimeSpan.milliseconds(300)
  /// The most chats in which it is shown at once.
  private static let most = 32

  init(_ api: TelegramAPI, on loop: EventLoop) {
    self.api = api
    self.loop = loop
  }

  /// Begins or ends for one message of a chat.
  func note(isThinking: Bool, for address: [UInt8]) {
    let index = places.firstIndex { $0.address == address }
    if isThinking {
      if let index { places[index].count += 1 } else { places.append((address, 1)) }
      if timer == nil { show(after: TelegramTyping.pause) }
    } else if let index {
      places[index].count -= 1
      if places[index].count == 0 { places.remove(at: index) }
      if places.isEmpty { close() }
    }
  }

  /// Shows it nowhere any more.
  func close() {
    loop.cancel(timer)
    timer = nil
  }

  private func show(after pause: TimeSpan) {
    timer = loop.schedule(after: pause) { [self] in
      timer = nil
      for entry in places.prefix(TelegramTyping.most) { show(in: entry.address) }
      if !places.isEmpty { show(after: TelegramTyping.interval) }
    }
  }

  private func show(in address: [UInt8]) {
    guard let place = TelegramPlace(address: address) else { return }
    var writer = JSONWriter()
    writer.beginObject()
    place.write(to: &writer)
    writer.member("action", string: "typing")
    writer.endObject()
    // It is only a sign: a failure changes nothing.
    api.call("sendChatAction", writer, within: TelegramTyping.interval) { _ in }
  }
}
