import Bytes
import JSON

/// A chunk of a backend's that goes to a client of OpenAI's with changes.
struct OpenAIChunk {
  /// The chunk without what is written apart, and without the finish reason.
  let json: [UInt8]
  /// Whether its delta says anything but the role.
  let hasMore: Bool
  /// What content in parts says.
  let parts: [ReplyDelta]

  /// A chunk whose end is written apart; so are, unless it is plain, calls and content in parts.
  init(_ event: JSONValue, isPlain: Bool) {
    var writer = JSONWriter(reserving: event.raw.count + 16)
    var hasMore = isPlain
    var parts: [ReplyDelta] = []
    Self.write(event, to: &writer) { choice, writer in
      for member in choice.members {
        writer.name(raw: member.name.span)
        if member.name.equals("finish_reason") {
          writer.null()
        } else if !isPlain, member.name.equals("delta") {
          writer.beginObject()
          for inner in member.value.members {
            let isContent = inner.name.equals("content") && inner.value.kind == .array
            if isContent { parts = Self.parts(of: inner.value) }
            if isContent || inner.name.equals("tool_calls") { continue }
            if !inner.value.isNull, !inner.value.isEmpty, !inner.name.equals("role") {
              hasMore = true
            }
            writer.member(inner)
          }
          writer.endObject()
        } else {
          writer.raw(member.value.span)
        }
      }
    }
    json = writer.finish()
    self.hasMore = hasMore
    self.parts = parts
  }

  /// A chunk with what clients read of every chunk, where the backend left it out: choices, and the index and the delta
  /// of each. `message` stands for a missing delta.
  @inline(never)
  static func completed(_ event: JSONValue, _ message: JSONValue?) -> JSONValue {
    var writer = JSONWriter(reserving: event.raw.count + 64)
    writer.beginObject()
    var choices = event
    for member in event.members {
      if member.name.equals("choices") {
        choices = member.value
      } else if member.name.equals("object") {
        writer.member("object", string: "chat.completion.chunk")
      } else {
        copy(member, to: &writer)
      }
    }
    writer.name("choices")
    writer.beginArray()
    var position = 0
    for choice in choices.elements {
      var (index, delta) = (position, message)
      writer.beginObject()
      for member in choice.members {
        if member.name.equals("index") {
          index = member.value.integer ?? position
        } else if member.name.equals("delta") {
          delta = member.value.kind == .object ? member.value : message
        } else if message == nil || !member.name.equals("message") {
          copy(member, to: &writer)
        }
      }
      writer.member("index", integer: index)
      writer.name("delta")
      if let delta {
        writer.raw(delta.span)
      } else {
        writer.beginObject()
        writer.endObject()
      }
      writer.endObject()
      position += 1
    }
    writer.endArray()
    writer.endObject()
    return (try? JSONDocument(writer.finish()))?.root ?? event
  }

  @inline(never)
  private static func copy(_ member: JSONMember, to writer: inout JSONWriter) {
    writer.member(member)
  }

  /// The chunk that ends the reply. `word` replaces `stop`; the finish reason is one of OpenAI's in any case.
  static func end(_ event: JSONValue, _ word: StaticString?, withoutDelta: Bool) -> [UInt8] {
    var writer = JSONWriter(reserving: event.raw.count + 16)
    write(event, to: &writer) { choice, writer in
      for member in choice.members {
        writer.name(raw: member.name.span)
        if member.name.equals("delta"), withoutDelta {
          writer.beginObject()
          writer.endObject()
        } else if member.name.equals("logprobs"), withoutDelta {
          writer.null()
        } else if member.name.equals("finish_reason"),
          let reason = FinishReason.told(member.value, calls: word != nil)
        {
          writer.string(reason)
        } else {
          writer.raw(member.value.span)
        }
      }
    }
    return writer.finish()
  }

  /// Writes the chunk; `first` writes the members of the first choice.
  private static func write(
    _ event: JSONValue, to writer: inout JSONWriter, first: (JSONValue, inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    for member in event.members {
      writer.name(raw: member.name.span)
      guard member.name.equals("choices") else {
        writer.raw(member.value.span)
        continue
      }
      writer.beginArray()
      for choice in member.value.elements {
        guard choice["index"]?.integer ?? 0 == 0 else {
          writer.raw(choice.span)
          continue
        }
        writer.beginObject()
        first(choice, &writer)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }

  private static func parts(of content: JSONValue) -> [ReplyDelta] {
    let progress = ReplyProgress(
      ByteBudget(limit: content.raw.count), continuing: [UInt8]().span, in: .openai)
    progress.append(content: content)
    return progress.deltas
  }
}
