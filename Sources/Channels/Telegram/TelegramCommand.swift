import Bytes

/// A command that a message begins with: `/new`, or `/new@name` in groups; https://core.telegram.org/bots/features#commands
struct TelegramCommand {
  /// The name in lower case, without `/`.
  let name: [UInt8]
  /// The bot that it is for; `nil` where it does not say.
  let bot: [UInt8]?
  /// What follows it.
  let rest: [UInt8]

  /// Reads the command of a text; `nil` without one.
  init?(_ text: [UInt8]) {
    let text = text.span
    guard text.count > 1, text[0] == UInt8(ascii: "/") else { return nil }
    var end = 1
    while end < text.count, text[end].isTelegramName { end += 1 }
    guard 2...33 ~= end else { return nil }
    name = text.extracting(1..<end).copied.map { $0.lowercasedASCII }
    var bot: [UInt8]?
    if end < text.count, text[end] == UInt8(ascii: "@") {
      let start = end + 1
      end = start
      while end < text.count, text[end].isTelegramName { end += 1 }
      bot = text.extracting(start..<end).copied
    }
    self.bot = bot
    guard end == text.count || text[end].isBlank || text[end] == UInt8(ascii: "\n") else {
      return nil
    }
    while end < text.count, text[end].isBlank || text[end] == UInt8(ascii: "\n") { end += 1 }
    rest = text.extracting(end..<text.count).copied
  }
}
