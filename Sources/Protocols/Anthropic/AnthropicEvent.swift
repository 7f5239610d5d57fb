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
    writer.member("partial_json", string: input.span)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// The end with another reason; `nil` where the backend's may stay.
  static func end(_ event: JSONValue, calls: Bool) -> [UInt8]? {
    guard calls, let word = event["delta"]?["stop_reason"],
      word.equals(FinishReason.end.anthropic)
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
          writer.string(FinishReason.toolCalls.anthropic)
        } else {
          writer.raw(inner.value.span)
        }
      }
      writer.endObject()
    }
    writer.endObject()
    return writer.finish()
  }

  private static func begin(_ type: StaticString, _ index: JSONValue?) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: type)
    writer.member("index", integer: index?.integer ?? 0)
    return writer
  }
}
