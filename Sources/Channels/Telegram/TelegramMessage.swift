import Bytes
import JSON

/// A message of a person in Telegram, as far as a bot needs it; https://core.telegram.org/bots/api#message
struct TelegramMessage {
  /// Where it was written.
  let place: TelegramPlace
  /// Its number in the chat.
  let id: Int
  /// Whether several people are in the chat.
  let isGroup: Bool
  let sender: TelegramSender
  /// The text, or what a file is captioned with; may be empty.
  var text: [UInt8]
  /// The files that came with it.
  let files: [TelegramFile]
  /// The id of the person whose message it replies to.
  let repliedTo: Int?
  /// The ids of people who are mentioned without a name.
  let mentions: [Int]

  /// Reads a message; `nil` for one without anything to answer: a service message, a channel's own post.
  init?(_ message: JSONValue, chat: Int) {
    guard let id = message["message_id"]?.integer, let sender = TelegramSender(message),
      let type = message["chat"]?["type"], !type.equals("channel")
    else { return nil }
    self.id = id
    self.sender = sender
    isGroup = !type.equals("private")
    // In chats without topics the number names a thread of replies, which is not a place to write to.
    let isInTopic = message["is_topic_message"]?.boolean == true
    place = TelegramPlace(
      chat: chat, thread: isInTopic ? message["message_thread_id"]?.integer : nil)
    text = (message["text"] ?? message["caption"])?.string ?? TelegramMessage.words(message)
    files = TelegramFile.all(in: message)
    repliedTo = message["reply_to_message"]?["from"]?["id"]?.integer
    var mentions: [Int] = []
    let entities = message["entities"] ?? message["caption_entities"]
    if let entities {
      for entity in entities.elements where entity.member("type", is: "text_mention") {
        if let user = entity["user"]?["id"]?.integer { mentions.append(user) }
      }
    }
    self.mentions = mentions
    if text.isEmpty, files.isEmpty { return nil }
  }

  /// What a message without text says: a sticker's emoji, a place, a contact.
  private static func words(_ message: JSONValue) -> [UInt8] {
    if let emoji = message["sticker"]?["emoji"]?.string { return emoji }
    if let location = message["location"], let latitude = location["latitude"],
      let longitude = location["longitude"], latitude.kind == .number, longitude.kind == .number
    {
      let title = message["venue"]?["title"]?.string.map { $0 + [UInt8](", ") } ?? []
      return ("[location: \(title)\(latitude.span), \(longitude.span)]" as Text).bytes
    }
    if let contact = message["contact"], let number = contact["phone_number"]?.string {
      return ("[contact: \(contact["first_name"]?.string ?? []) \(number)]" as Text).bytes
    }
    return []
  }

  /// Whether the message is meant for the bot with this id and name, in a chat of several people.
  func isFor(bot: Int, named name: [UInt8]) -> Bool {
    repliedTo == bot || mentions.contains(bot) || !name.isEmpty && mentions(name: name)
  }

  /// Whether the text has `@name`, as a whole word and in any case.
  private func mentions(name: [UInt8]) -> Bool {
    let text = text.span
    var index = 0
    while let at = text.firstIndex(of: UInt8(ascii: "@"), from: index) {
      let end = at + 1 + name.count
      guard end <= text.count else { return false }
      let follows = end < text.count && text[end].isTelegramName
      if !follows, at == 0 || !text[at - 1].isTelegramName,
        text.extracting(at + 1..<end).equalsIgnoringCase(name.span)
      {
        return true
      }
      index = at + 1
    }
    return false
  }
}

extension UInt8 {
  /// Whether the byte may be part of a user's name or of a command.
  var isTelegramName: Bool { isASCIILetter || isASCIIDigit || self == UInt8(ascii: "_") }
}
