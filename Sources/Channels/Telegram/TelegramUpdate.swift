import Bytes
import JSON

/// One of Telegram's updates; https://core.telegram.org/bots/api#update
struct TelegramUpdate {
  /// What it brings.
  enum Content {
    /// A new message of a person.
    case message(TelegramMessage)
    /// A chat has another id from now on.
    case migration(from: Int, to: Int)
    /// Anything else: an edited message, a channel's post, a service message; in a word.
    case other(StaticString)
  }

  /// Its number, which grows.
  let id: Int
  let content: Content

  /// Reads an element of `result`; `nil` without a usable number.
  init?(_ update: JSONValue) {
    guard let id = update["update_id"]?.integer, 0..<Int.max - 1 ~= id else { return nil }
    self.id = id
    if let message = update["message"] {
      content = TelegramUpdate.content(of: message)
    } else if update["edited_message"] != nil {
      content = .other("edited")
    } else {
      content = .other("unsupported")
    }
  }

  private static func content(of message: JSONValue) -> Content {
    guard let chat = message["chat"]?["id"]?.integer else { return .other("unsupported") }
    if let target = message["migrate_to_chat_id"]?.integer {
      return .migration(from: chat, to: target)
    }
    guard let read = TelegramMessage(message, chat: chat) else { return .other("service") }
    return .message(read)
  }
}
