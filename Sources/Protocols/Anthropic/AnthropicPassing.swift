import Bytes
import JSON

/// A message of a backend's, for Anthropic's clients: every member and block as it came, in its order. Changed are only
/// identifiers of calls that are missing or not unique, and a stop reason that the calls contradict. What every message
/// has is added where it is missing.
extension Reply {
  func passed(anthropic root: JSONValue, _ identity: AnswerIdentity) -> [UInt8] {
    if isWhole(anthropic: root) { return Array(root.raw) }
    var writer = JSONWriter(reserving: root.raw.count + 256)
    writer.beginObject()
    if root["id"] == nil { writer.member("id", string: identity.id.span) }
    if root["type"] == nil { writer.member("type", string: "message") }
    if root["role"] == nil { writer.member("role", string: "assistant") }
    if root["model"] == nil { writer.member("model", string: identity.model.span) }
    for member in root.members {
      writer.name(raw: member.name.span)
      if member.name.equals("content") {
        write(blocks: member.value, to: &writer)
      } else if member.name.equals("stop_reason") {
        writer.string(reason.anthropic)
      } else {
        writer.raw(member.value.span)
      }
    }
    if root["stop_reason"] == nil { writer.member("stop_reason", string: reason.anthropic) }
    if root["usage"] == nil { writeAnthropicUsage(to: &writer) }
    writer.endObject()
    return writer.finish()
  }

  /// Whether a message can be passed on byte for byte.
  private func isWhole(anthropic root: JSONValue) -> Bool {
    for name in ["id", "type", "role", "model", "usage"] as [StaticString] where root[name] == nil {
      return false
    }
    guard root["stop_reason"]?.equals(reason.anthropic) == true, let blocks = root["content"]
    else { return false }
    var place = 0
    for block in blocks.elements where block.member("type", is: "tool_use") {
      guard place < toolCalls.count, block["id"].insideOfString == toolCalls[place].id else {
        return false
      }
      place += 1
    }
    return true
  }

  private func write(blocks: JSONValue, to writer: inout JSONWriter) {
    writer.beginArray()
    var place = 0
    for block in blocks.elements {
      guard block.member("type", is: "tool_use"), place < toolCalls.count else {
        writer.raw(block.span)
        continue
      }
      let call = toolCalls[place]
      place += 1
      if block["id"].insideOfString == call.id {
        writer.raw(block.span)
        continue
      }
      writer.beginObject()
      writer.member("type", string: "tool_use")
      writer.name("id")
      writer.raw("\"", call.id.span, "\"")
      for member in block.members
      where !member.name.equals("id") && !member.name.equals("type") {
        writer.name(raw: member.name.span)
        writer.raw(member.value.span)
      }
      writer.endObject()
    }
    writer.endArray()
  }
}
