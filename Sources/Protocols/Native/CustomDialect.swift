import Bytes
import JSON

/// Postern's own format, as `custom` backends are asked. Its messages are OpenAI's.
final class CustomDialect: OpenAIWordedDialect {
  static let shared = CustomDialect()

  var needsModel: Bool { false }

  func begin(_ request: inout RequestEncoder) {}

  func end(_ request: inout RequestEncoder) {
    request.writeOwnMembers()
    request.writeContinuation()
    request.writeStream()
  }

  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool { true }

  func isOwnField(_ name: Span<UInt8>) -> Bool {
    for own in ["conversation_id", "user", "bot", "metadata", "stream_options"] as [StaticString]
    where name.equals(own) {
      return true
    }
    return false
  }

  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply? {
    try Reply(custom: root, acceptsToolCalls, byteCount: byteCount)
  }

  func assembly(within budget: ByteBudget) -> any ReplyAssembly { CustomAssembly(budget) }

  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool {
    root["content"]?.kind == .string
  }

  var hint: ReplyHint { .custom }

  var errorRules: [BackendError.Rule] { [] }
}

extension RequestEncoder {
  /// Writes the conversation, the user, the bot and the metadata.
  fileprivate mutating func writeOwnMembers() {
    if !profile.overrides("conversation_id") {
      writer.member("conversation_id", string: conversationID)
    }
    writeObject("user", user)
    if !profile.overrides("bot") {
      let (id, name) = (profile.botID, profile.botName)
      writer.name("bot")
      writer.beginObject()
      writer.member("id", string: id)
      writer.member("name", string: name)
      writer.endObject()
    }
    writeObject("metadata", metadata)
  }

  private mutating func writeObject(_ name: StaticString, _ value: JSONValue?) {
    if profile.overrides(name) { return }
    writer.name(name)
    if let value { return writer.raw(value.span) }
    writer.beginObject()
    writer.endObject()
  }
}
