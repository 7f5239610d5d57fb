import Bytes
import JSON

/// Events of a backend's that go to a client of Anthropic's with changes.
enum AnthropicEvent {
  /// The start of a block with this identifier, if it has one, and an empty input: clients put the input together from
  /// its pieces.
  static func start(_ index: JSONValue?, _ block: JSONValue, id: [UInt8]?) -> [UInt8] {
    var writer = begin("content_block_start", index)
    writer.name("content_block")
    writer.beginObject()
    if let id, block["id"] == nil {
      writer.name("id")
      writer.raw("\"", id.span, "\"")
    }
    for member in block.members {
      writer.name(raw: member.name.span)
      if let id, member.name.equals("id") {
        writer.raw("\"", id.span, "\"")
      } else if member.name.equals("input") {
        writer.beginObject()
        writer.endObject()
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// The whole input of a block, as a piece.
  static func wholeInput(_ index: JSONValue?, _ input: JSONValue) -> [UInt8] {
    var writer = begin("content_block_delta", index)
    writer.name("delta")
    writer.beginObject()
    writer.member("type", string: "input_json_delta")
    if input.kind == .string {
      // Arguments as text already.
      writer.member("partial_json", raw: input.span)
    } else {
      writer.member("partial_json", string: input.span)
    }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// A message's start with what every message has; `nil` where nothing is missing.
  static func completed(start json: [UInt8], _ identity: AnswerIdentity) -> [UInt8]? {
    guard let event = (try? JSONDocument(json))?.root, let message = event["message"],
      message.kind == .object
    else { return nil }
    let required: [StaticString] = ["id", "type", "role", "model", "content", "usage"]
    if required.allSatisfy({ message[$0].present != nil }) { return nil }
    var writer = JSONWriter(reserving: json.count + 256)
    writer.beginObject()
    writer.member("type", string: "message_start")
    writer.name("message")
    writer.beginObject()
    writer.writeMissing(fromMessage: message, identity)
    for member in message.members where !message.lacksInMessage(member.name) {
      if member.value.isNull, member.name.equals("content") || member.name.equals("usage") {
        continue
      }
      writer.member(member)
    }
    if message["content"].present == nil {
      writer.name("content")
      writer.beginArray()
      writer.endArray()
    }
    for name in ["stop_reason", "stop_sequence"] as [StaticString] where message[name] == nil {
      writer.name(name)
      writer.null()
    }
    if message["usage"].present == nil { writer.writeNoUsage() }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// The end with another reason; `nil` where the backend's may stay.
  static func end(_ event: JSONValue, calls: Bool) -> [UInt8]? {
    guard let word = event["delta"]?["stop_reason"],
      let told = FinishReason.toldToAnthropic(word, calls: calls)
    else { return nil }
    var writer = JSONWriter(reserving: event.raw.count + 16)
    writer.beginObject()
    for member in event.members {
      writer.name(raw: member.name.span)
      guard member.name.equals("delta") else {
        writer.raw(member.value.span)
        continue
      }
      writer.beginObject()
      for inner in member.value.members {
        writer.name(raw: inner.name.span)
        if inner.name.equals("stop_reason") {
          writer.string(told)
        } else {
          writer.raw(inner.value.span)
        }
      }
      writer.endObject()
    }
    writer.endObject()
    return writer.finish()
  }

  /// The beginning of an event about the block of this index.
  static func begin(_ type: StaticString, _ index: Int) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: type)
    writer.member("index", integer: index)
    return writer
  }

  private static func begin(_ type: StaticString, _ index: JSONValue?) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: type)
    writer.member("index", integer: index?.integer ?? 0)
    return writer
  }
}

extension JSONWriter {
  /// Writes a usage that is not known yet.
  mutating func writeNoUsage() {
    name("usage")
    beginObject()
    member("input_tokens", integer: 0)
    member("output_tokens", integer: 0)
    endObject()
  }
}
