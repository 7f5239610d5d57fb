import Bytes
import Configuration
import Exchange
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
  /// Whether `allow` has a name, in any case, or everyone.
  @inline(never)
  func allows(_ name: [UInt8]) -> Bool {
    allowed.contains { $0.span.equals("*") || $0.span.equalsIgnoringCase(name.span) }
  }

  /// A message of a person for the bot.
  @inline(never)
  func submission(
    _ content: ChannelContent, in conversation: [UInt8], request: [UInt8],
    user: [(name: StaticString, value: [UInt8])], metadata: [(name: StaticString, value: [UInt8])]
  ) -> Submission {
    var writer = JSONWriter(reserving: content.text.count + 512)
    func write(
      _ members: [(name: StaticString, value: [UInt8])], as name: StaticString,
      _ first: StaticString
    ) {
      writer.name(name)
      writer.beginObject()
      writer.member(first, string: kind.name)
      for member in members { writer.member(member.name, string: member.value) }
      writer.endObject()
    }
    writer.beginObject()
    content.write(to: &writer)
    write(user, as: "user", "platform")
    write(metadata, as: "metadata", "channel")
    writer.endObject()
    var submission = Submission(
      bot: bot, conversation: conversation, body: writer.finish(), request: request)
    submission.receiver = Channels.receiverName(of: id)
    return submission
  }

  /// The beginning of a conversation's id: `telegram-home-`.
  var conversationPrefix: [UInt8] {
    ("\(kind.name)-\(id)-" as Text).bytes
  }
}
