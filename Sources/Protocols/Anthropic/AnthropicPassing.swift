import Bytes
import JSON

/// A message of a backend's, for Anthropic's clients: every member and block as it came, in its order. Changed are only
/// calls that clients could not read or tell apart, and a stop reason that is not Anthropic's or that the calls contradict.
/// What every message has is added where it is missing.
extension Reply {
  func passed(anthropic root: JSONValue, _ identity: AnswerIdentity) -> ByteBuffer {
    if isWhole(anthropic: root) { return ByteBuffer(copying: root.span) }
    var writer = JSONWriter(reserving: root.raw.count + 256)
    writer.beginObject()
    writer.writeMissing(fromMessage: root, identity)
    for member in root.members where !root.lacksInMessage(member.name) {
      writer.name(raw: member.name.span)
      if member.name.equals("content") {
        writer.beginArray()
        for block in passedBlocks(of: member.value) { writer.raw(block.span) }
        writer.endArray()
      } else if member.name.equals("stop_reason") {
        writeStopReason(member.value, to: &writer)
      } else {
        writer.raw(member.value.span)
      }
    }
    if root["stop_reason"] == nil { writer.member("stop_reason", string: reason.anthropic) }
    if root["usage"] == nil { writeAnthropicUsage(to: &writer) }
    writer.endObject()
    return writer.finishedBuffer()
  }

  /// Whether a message can be passed on byte for byte.
  private func isWhole(anthropic root: JSONValue) -> Bool {
    for name in ["id", "type", "role", "model", "usage"] as [StaticString]
    where root[name].present == nil {
      return false
    }
    guard let word = root["stop_reason"].present, passedReason(word) == nil,
      let blocks = root["content"]
    else { return false }
    var place = 0
    for block in blocks.elements where block.member("type", is: "tool_use") {
      guard place < toolCalls.count, block.isCall(toolCalls[place]) else { return false }
      place += 1
    }
    return true
  }

  /// The stop reason for a backend's word; `nil` where that may stay.
  private func passedReason(_ word: JSONValue) -> StaticString? {
    FinishReason.toldToAnthropic(word, calls: !toolCalls.isEmpty)
  }

  /// Writes the stop reason that stands for a backend's word.
  func writeStopReason(_ word: JSONValue?, to writer: inout JSONWriter) {
    if let word, FinishReason(word) != nil, passedReason(word) == nil {
      writer.raw(word.span)
    } else {
      writer.string(word.flatMap { passedReason($0) } ?? reason.anthropic)
    }
  }

  /// The blocks as clients get them, each as JSON.
  func passedBlocks(of content: JSONValue) -> [[UInt8]] {
    var place = 0
    return content.elements.map { block in
      guard block.member("type", is: "tool_use"), place < toolCalls.count else {
        return block.span.copied
      }
      let call = toolCalls[place]
      place += 1
      return block.isCall(call) ? block.span.copied : Self.block(block, of: call)
    }
  }

  /// A call's block with the identifier and the input that clients are told.
  private static func block(_ block: JSONValue, of call: ToolCall) -> [UInt8] {
    var writer = JSONWriter(reserving: block.raw.count + 64)
    writer.beginObject()
    writer.member("type", string: "tool_use")
    writer.name("id")
    writer.raw("\"", call.id.span, "\"")
    for member in block.members
    where !member.name.equals("id") && !member.name.equals("type") && !member.name.equals("input") {
      writer.member(member)
    }
    writer.name("input")
    if let input = ToolCall.input(ofText: call.arguments.span) {
      writer.raw(input.span)
    } else {
      writer.raw("\"", call.arguments.span, "\"")
    }
    writer.endObject()
    return writer.finish()
  }
}

extension JSONValue {
  /// Whether a block can stand for a call as it is.
  fileprivate func isCall(_ call: ToolCall) -> Bool {
    self["id"].insideOfString == call.id && self["input"]?.kind == .object
  }

  /// Whether a member is one that every message has, and that this one has without a value.
  func lacksInMessage(_ name: JSONValue) -> Bool {
    for known in ["id", "type", "role", "model"] as [StaticString] where name.equals(known) {
      return self[known].present == nil
    }
    return false
  }
}

extension JSONWriter {
  /// Writes the members that a message begins with, as far as the backend's own lacks them.
  mutating func writeMissing(fromMessage message: JSONValue, _ identity: AnswerIdentity) {
    if message["id"].present == nil { member("id", string: identity.id.span) }
    if message["type"].present == nil { member("type", string: "message") }
    if message["role"].present == nil { member("role", string: "assistant") }
    if message["model"].present == nil { member("model", string: identity.model.span) }
  }
}
