import Bytes
import JSON

/// Messages in events: the envelope, blocks that begin, grow and end, and how the message ends.
///
/// They are `message_start`, `content_block_start`, `…_delta` and `…_stop`, `message_delta`, `message_stop`. Events of
/// other types, which Anthropic reserves the right to add, are skipped.
final class AnthropicAssembly: ReplyAssembly {
  /// More blocks than any reply has.
  private static let blockLimit = 1024

  private struct Block {
    let index: Int
    let object: MergedObject
    /// The place among the calls of tools; `nil` if it is not one.
    let call: Int?
    /// Whether it began without input, as calls do whose input comes in pieces, or that have none.
    let beginsEmpty: Bool
    /// What `input_json_delta` brought: the inside of a JSON string.
    let input = ByteBuffer(capacity: 32)
  }

  private let budget: ByteBudget
  private let envelope: MergedObject
  private var blocks: [Block] = []
  private let calls: ToolCallAssembly

  init(_ budget: ByteBudget) {
    self.budget = budget
    envelope = MergedObject(budget)
    calls = ToolCallAssembly(budget, limit: Self.blockLimit)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) {
    guard let type = event["type"] else { return }
    if type.equals("content_block_delta") {
      if let delta = event["delta"] { grow(event["index"], by: delta, progress) }
    } else if type.equals("content_block_start") {
      if let block = event["content_block"] { begin(event["index"], block, progress) }
    } else if type.equals("content_block_stop") {
      finish(block: event["index"], progress)
    } else if type.equals("message_start") {
      if let message = event["message"] {
        progress.note(model: message["model"])
        take(message: message)
      }
    } else if type.equals("message_delta") {
      end(event, progress)
    } else if type.equals("message_stop") {
      progress.isFinished = true
      progress.isOver = true
    }
  }

  func body(content: Span<UInt8>) -> [UInt8] {
    var writer = JSONWriter(reserving: content.count + 512)
    writer.beginObject()
    envelope.writeMembers(to: &writer)
    writer.name("content")
    writer.beginArray()
    if content.hasPrefix("\"") {
      writer.beginObject()
      writer.member("type", string: "text")
      writer.member("text", raw: content)
      writer.endObject()
    }
    for block in blocks {
      if block.input.count > 0 {
        let input = ToolCall.input(ofText: block.input.span)
        block.object.set("input", raw: input.map { $0.span.copied } ?? [UInt8]("{}"))
      }
      block.object.write(to: &writer)
    }
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  /// Takes the envelope, but for the content, which comes in events of its own.
  @inline(never)
  private func take(message: JSONValue) {
    for member in message.members where !member.isNamed("content") {
      if member.isNamed("usage"), member.value.kind == .object {
        envelope.merge(member.value, into: "usage")
      } else {
        envelope.merge(member, .latest)
      }
    }
  }

  @inline(never)
  private func begin(_ index: JSONValue?, _ block: JSONValue, _ progress: ReplyProgress) {
    guard blocks.count < Self.blockLimit else { return budget.exhaust() }
    let object = MergedObject(budget)
    for member in block.members {
      // The texts of all blocks are one text, which is kept apart from them.
      if member.isNamed("text"), member.value.kind == .string {
        progress.append(text: member.value)
        object.set("text", raw: [UInt8]("\"\""))
      } else {
        object.merge(member, member.isNamed("input") ? .latest : .growing)
      }
    }
    let number = index?.integer ?? blocks.count
    var call: Int?
    if block.member("type", is: "tool_use") {
      call = calls.begin(number, id: block["id"], name: block["name"], into: progress)
    }
    blocks.append(
      Block(
        index: number, object: object, call: call, beginsEmpty: block["input"]?.isEmpty ?? true))
  }

  @inline(never)
  private func grow(_ index: JSONValue?, by delta: JSONValue, _ progress: ReplyProgress) {
    guard let type = delta["type"] else { return }
    if type.equals("text_delta") {
      if let text = delta["text"], text.kind == .string { progress.append(text: text) }
      return
    }
    let number = index?.integer ?? 0
    guard let block = blocks.last(where: { $0.index == number }) else { return }
    if type.equals("input_json_delta") {
      guard let piece = delta["partial_json"], piece.kind == .string, !piece.isEmpty else { return }
      budget.charge(piece.inside.count)
      block.input.append(piece.inside)
      if let call = block.call { calls.append(piece, to: call, into: progress) }
    } else if type.equals("thinking_delta") {
      guard let thinking = delta["thinking"], thinking.kind == .string else { return }
      block.object.append("thinking", text: thinking.inside)
      progress.append(reasoning: thinking)
    } else if type.equals("signature_delta") {
      let signature = delta["signature"].insideOfString
      block.object.append("signature", text: signature.span)
      if !signature.isEmpty { progress.deltas.append(.signature(signature)) }
    } else if type.equals("citations_delta"), let citation = delta["citation"] {
      block.object.append("citations", element: citation.span)
    }
  }

  /// A block is whole.
  private func finish(block index: JSONValue?, _ progress: ReplyProgress) {
    let number = index?.integer ?? 0
    guard let block = blocks.last(where: { $0.index == number }), let call = block.call,
      block.beginsEmpty
    else { return }
    calls.end(call, into: progress)
  }

  @inline(never)
  private func end(_ event: JSONValue, _ progress: ReplyProgress) {
    for member in event.members {
      if member.isNamed("delta") {
        envelope.merge(member.value, .latest)
        if member.value["stop_reason"]?.kind == .string { progress.isFinished = true }
      } else if member.isNamed("usage"), member.value.kind == .object {
        envelope.merge(member.value, into: "usage")
      } else if !member.isNamed("type") {
        envelope.merge(member, .latest)
      }
    }
  }
}
