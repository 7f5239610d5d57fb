import Bytes
import JSON

/// The system messages of a request as Anthropic takes them: one field, before all messages.
struct SystemBlocks {
  /// The field's value: as the client sent it where it stands alone, else text blocks. `nil` where the client has none,
  /// because the bot's is written without it.
  private(set) var json: [UInt8]?

  /// Gathers the client's system messages, wherever they stand, after the bot's.
  init(of chat: ChatRequest, after system: [UInt8]?) throws(TranslationFault) {
    let contents = Self.contents(of: chat)
    guard let first = contents.first else { return }
    let isAlone = contents.count == 1 && (system ?? []).isEmpty
    if isAlone, chat.face == .anthropic || first.kind == .string {
      json = first.span.copied
      return
    }
    var writer = JSONWriter()
    writer.beginArray()
    if let system, !system.isEmpty {
      writer.beginObject()
      writer.member("type", string: "text")
      writer.member("text", string: system.span)
      writer.endObject()
    }
    for content in contents {
      if content.kind == .string {
        if !content.isEmpty { writer.raw("{\"type\":\"text\",\"text\":", content.span, "}") }
        continue
      }
      guard content.kind == .array else { throw .malformedContent }
      for block in content.elements {
        guard block.member("type", is: "text"), block["text"]?.kind == .string else {
          throw .unsupportedPart(type: block["type"]?.string ?? [])
        }
        writer.raw(block.span)
      }
    }
    writer.endArray()
    json = writer.finish()
  }

  private static func contents(of chat: ChatRequest) -> [JSONValue] {
    var contents: [JSONValue] = []
    switch chat.face {
    case .anthropic:
      if let system = chat.body["system"], !system.isNothing { contents.append(system) }
    case .native, .openai, .responses, .ollama:
      for message in chat.messages.elements where message.isSystemMessage {
        if let content = message["content"], !content.isNothing { contents.append(content) }
      }
      if !contents.isEmpty, chat.loneSystemContent != nil { contents.removeLast() }
    }
    return contents
  }
}

extension RequestEncoder {
  /// Writes the value of the system field: the bot's message, those of earlier turns, and what else is in `value`, which
  /// may begin with the bot's.
  @inline(never)
  mutating func writeRecalledSystem(before value: JSONValue?) {
    let own = profile.system ?? []
    writer.beginArray()
    if !own.isEmpty {
      writer.beginObject()
      writer.member("type", string: "text")
      writer.member("text", string: own)
      writer.endObject()
    }
    var contents = recalledSystem
    if let value { contents.append(value) }
    for content in contents {
      if content.kind == .string, !content.isEmpty {
        writer.raw("{\"type\":\"text\",\"text\":", content.span, "}")
      }
      for block in content.elements where block.member("type", is: "text") {
        if own.isEmpty || block["text"]?.string != own { writer.raw(block.span) }
      }
    }
    writer.endArray()
  }
}
