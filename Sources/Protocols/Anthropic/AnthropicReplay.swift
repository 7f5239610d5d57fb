import Bytes
import JSON

/// A whole message as a stream of Anthropic's would have brought it: every member and block, in its order.
extension Reply {
  func events(anthropic root: JSONValue) -> [ReplyDelta] {
    var events = [ReplyDelta.event(type: [UInt8]("message_start"), Self.start(root), .nothing)]
    var index = 0
    for block in passedBlocks(of: root["content"] ?? root) {
      guard let block = (try? JSONDocument(block))?.root else { continue }
      Self.append(block, index, to: &events)
      index += 1
    }
    events.append(.event(type: [UInt8]("message_delta"), end(of: root), .end))
    return events
  }

  /// The names of what a stream says at the end: in `delta`, and beside it.
  private static let endingNames: [StaticString] = [
    "stop_reason", "stop_sequence", "stop_details", "container",
  ]
  private static let besidesEnd: [StaticString] = ["usage", "context_management"]

  private static func start(_ root: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: 512)
    writer.beginObject()
    writer.member("type", string: "message_start")
    writer.name("message")
    writer.beginObject()
    for member in root.members {
      if member.name.equals("context_management") { continue }
      writer.name(raw: member.name.span)
      if member.name.equals("content") {
        writer.beginArray()
        writer.endArray()
      } else if endingNames.contains(where: { member.name.equals($0) }) {
        writer.null()
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  private func end(of root: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: 256)
    writer.beginObject()
    writer.member("type", string: "message_delta")
    writer.name("delta")
    writer.beginObject()
    writer.name("stop_reason")
    writeStopReason(root["stop_reason"], to: &writer)
    writer.member("stop_sequence", orNull: root["stop_sequence"])
    for name in Self.endingNames.dropFirst(2) {
      if let value = root[name] { writer.member(name, raw: value.span) }
    }
    writer.endObject()
    if root["usage"].present == nil { writeAnthropicUsage(to: &writer) }
    for name in Self.besidesEnd {
      if let value = root[name].present { writer.member(name, raw: value.span) }
    }
    writer.endObject()
    return writer.finish()
  }

  /// Appends a block: its start, its pieces and its stop.
  private static func append(_ block: JSONValue, _ index: Int, to events: inout [ReplyDelta]) {
    events.append(event("content_block_start", start(of: block, index)))
    for member in block.members where isInPieces(member) {
      let (name, value) = (member.name, member.value)
      if name.equals("citations") {
        for citation in value.elements {
          events.append(
            delta(index, "{\"type\":\"citations_delta\",\"citation\":", citation.span, "}"))
        }
      } else if name.equals("input") {
        var text = JSONWriter(reserving: value.raw.count + 16)
        text.string(value.span)
        let piece = text.finish()
        events.append(
          delta(index, "{\"type\":\"input_json_delta\",\"partial_json\":", piece.span, "}"))
      } else if name.equals("text") {
        events.append(delta(index, "{\"type\":\"text_delta\",\"text\":", value.span, "}"))
      } else if name.equals("thinking") {
        events.append(
          delta(index, "{\"type\":\"thinking_delta\",\"thinking\":", value.span, "}"))
      } else {
        events.append(
          delta(index, "{\"type\":\"signature_delta\",\"signature\":", value.span, "}"))
      }
    }
    var writer = AnthropicEvent.begin("content_block_stop", index)
    writer.endObject()
    events.append(event("content_block_stop", writer.finish()))
  }

  /// The block without what comes in pieces.
  private static func start(of block: JSONValue, _ index: Int) -> [UInt8] {
    var writer = AnthropicEvent.begin("content_block_start", index)
    writer.name("content_block")
    writer.beginObject()
    for member in block.members {
      writer.name(raw: member.name.span)
      guard isInPieces(member) else {
        writer.raw(member.value.span)
        continue
      }
      switch member.value.kind {
      case .string: writer.string("")
      case .array:
        writer.beginArray()
        writer.endArray()
      default:
        writer.beginObject()
        writer.endObject()
      }
    }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// Whether a member of a block comes in pieces: the texts, the citations and the input, unless they are empty.
  private static func isInPieces(_ member: JSONMember) -> Bool {
    let (name, value) = (member.name, member.value)
    if value.isEmpty { return false }
    return switch value.kind {
    case .string: name.equals("text") || name.equals("thinking") || name.equals("signature")
    case .array: name.equals("citations")
    case .object: name.equals("input")
    default: false
    }
  }

  private static func delta(
    _ index: Int, _ opening: StaticString, _ value: Span<UInt8>, _ closing: StaticString
  ) -> ReplyDelta {
    var writer = AnthropicEvent.begin("content_block_delta", index)
    writer.name("delta")
    writer.raw(opening, value, closing)
    writer.endObject()
    return event("content_block_delta", writer.finish())
  }

  private static func event(_ type: StaticString, _ json: [UInt8]) -> ReplyDelta {
    .event(type: [UInt8](type), json, .beyondText)
  }
}
