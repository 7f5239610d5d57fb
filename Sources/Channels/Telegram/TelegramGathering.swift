import Bytes
import Platform

/// Messages of one person in one chat, which are answered as one.
final class TelegramGathering {
  /// The messages, oldest first; at least one.
  private(set) var messages: [TelegramMessage]
  /// The ids of their updates.
  private(set) var updates: [Int]
  /// When it is complete, unless another message comes.
  private(set) var due: Instant
  private let first: Instant

  /// The most messages, and the longest time that a chat's messages are waited for.
  private static let (mostMessages, longest) = (20, TimeSpan.seconds(15))

  init(_ message: TelegramMessage, update: Int, at now: Instant, for pause: TimeSpan) {
    messages = [message]
    updates = [update]
    first = now
    due = now + pause
  }

  /// Where the messages were written.
  var place: TelegramPlace { messages[0].place }

  /// Adds a message of the same person in the same place. Returns false if this is another one.
  func add(_ message: TelegramMessage, update: Int, at now: Instant, for pause: TimeSpan) -> Bool {
    guard message.place == place, message.sender.id == messages[0].sender.id,
      messages.count < TelegramGathering.mostMessages
    else { return false }
    messages.append(message)
    updates.append(update)
    due = min(now + pause, first + TelegramGathering.longest)
    return true
  }
}
