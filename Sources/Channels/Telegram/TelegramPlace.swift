import Bytes
import JSON

/// A chat, or a topic of a forum: where messages come from and replies go.
struct TelegramPlace: Equatable {
  /// The chat's id. Ids of groups are negative.
  var chat: Int
  /// The topic.
  var thread: Int?

  init(chat: Int, thread: Int? = nil) {
    self.chat = chat
    self.thread = thread
  }

  /// Reads what ``address`` wrote.
  init?(address: [UInt8]) {
    var parts = address.split(separator: UInt8(ascii: " "))[...]
    guard let chat = parts.popFirst().flatMap({ TelegramPlace.integer($0.span) }) else {
      return nil
    }
    self.chat = chat
    thread = parts.popFirst().flatMap { TelegramPlace.integer($0.span) }
  }

  /// The place as text: the chat, and the topic after a blank.
  var address: [UInt8] { joined(by: " ") }

  /// The place as part of a conversation's id.
  var name: [UInt8] { joined(by: "-t") }

  /// Writes the members that name it in a request.
  func write(to writer: inout JSONWriter) {
    writer.member("chat_id", integer: chat)
    if let thread { writer.member("message_thread_id", integer: thread) }
  }

  private func joined(by separator: StaticString) -> [UInt8] {
    var text: [UInt8] = []
    text.append(decimal: chat)
    if let thread {
      text.append(separator)
      text.append(decimal: thread)
    }
    return text
  }

  private static func integer(_ text: Span<UInt8>) -> Int? {
    guard !text.isEmpty, text[0] == UInt8(ascii: "-") else { return Int(decimal: text) }
    return Int(decimal: text.extracting(1..<text.count)).map { -$0 }
  }
}
