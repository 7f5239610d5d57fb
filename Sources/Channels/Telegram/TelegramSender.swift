import Bytes
import JSON

/// The person who wrote a message.
struct TelegramSender {
  /// The person's id.
  let id: Int
  /// First and last name.
  let name: [UInt8]
  /// The name after `@`, if the person has one.
  let username: [UInt8]?

  /// The sender of a message; `nil` for a bot, or where a message has none.
  init?(_ message: JSONValue) {
    guard let user = message["from"], let id = user["id"]?.integer,
      user["is_bot"]?.boolean != true
    else { return nil }
    self.id = id
    var name = user["first_name"]?.string ?? []
    if let last = user["last_name"]?.string, !last.isEmpty {
      if !name.isEmpty { name.append(" ") }
      name += last
    }
    self.name = name
    username = user["username"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
}
