import Bytes
import Configuration
import JSON

/// The body of a message that a channel brings, as `POST /v1/bots/{bot}/messages` takes it.
struct ChannelContent {
  /// The text; may be empty if there are parts.
  var text: [UInt8]
  /// Parts after the text, each a JSON object.
  var parts: [[UInt8]] = []

  /// Whether there is nothing to answer.
  var isEmpty: Bool { text.isEmpty && parts.isEmpty }

  /// Adds a line to the text.
  mutating func add(line: [UInt8]) {
    guard !line.isEmpty else { return }
    if !text.isEmpty { text.append("\n") }
    text += line
  }

  /// Writes `content`: a string, or the text and the parts.
  func write(to writer: inout JSONWriter) {
    guard !parts.isEmpty else { return writer.member("content", string: text) }
    writer.name("content")
    writer.beginArray()
    if !text.isEmpty {
      writer.beginObject()
      writer.member("type", string: "text")
      writer.member("text", string: text)
      writer.endObject()
    }
    for part in parts { writer.raw(part.span) }
    writer.endArray()
  }
}

extension ChannelSettings {
  /// The beginning of a conversation's id: `telegram-home-`.
  var conversationPrefix: [UInt8] {
    ("\(kind.name)-\(id)-" as Text).bytes
  }
}
