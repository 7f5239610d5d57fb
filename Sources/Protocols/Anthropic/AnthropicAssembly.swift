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
    /// The vendor's number; `nil` if the vendor began no such block.
    let index: Int?
    let object: MergedObject
    /// Whether the reply's text has a place in it.
    let isText: Bool
    /// The place among the calls of tools; `nil` if it is not one.
    let call: Int?
    /// The input that it began with, which counts where none comes in pieces.
    let firstInput: JSONValue?
    /// What `input_json_delta` brought: the inside of a JSON string.
    let input = ByteBuffer(capacity: 32)
    /// Whether `content_block_stop` has come.
    var hasEnded = false
  }

  private let budget: ByteBudget
  private let envelope: MergedObject
  /// Whether `message_start` has come.
  private var hasBegun = false
  private var blocks: [Block] = []
  /// Which blocks the text belongs to: a block has it from its offset on, up to the next one's.
  private var texts: [(block: Int, start: Int)] = []
  /// The vendor's number of the block that text came for last.
  private var textNumber = Int.min
  private let calls: ToolCallAssembly
  /// The text of the event that is being read, if it has no other effect.
  private var text: JSONValue?
  /// What a client of Anthropic's gets in place of the event that is being read.
  private var changed: [UInt8]?

  init(_ budget: ByteBudget) {
    self.budget = budget
    envelope = MergedObject(budget)
    calls = ToolCallAssembly(budget, limit: Self.blockLimit)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) -> JSONValue? {
    guard let type = event["type"] else { return nil }
    progress.meaning = .nothing
    (changed, text) = (nil, nil)
    take(event, type, into: progress)
    guard progress.fault == nil else { return nil }
    if progress.passesEvents {
      pass(event, type, into: progress)
    } else {
      progress.deltas += calls.take()
    }
    return text
  }

  func take(_ event: [UInt8], text: Span<UInt8>, into progress: ReplyProgress) {
    progress.meaning = .nothing
    progress.append(inside: text)
    guard progress.passesEvents, !budget.isExceeded else { return }
    emit([UInt8]("content_block_delta"), event, progress)
  }

  private func take(_ event: JSONValue, _ type: JSONValue, into progress: ReplyProgress) {
    if type.equals("content_block_delta") {
      if let delta = event["delta"] { grow(event["index"], by: delta, progress) }
    } else if type.equals("content_block_start") {
      if let block = event["content_block"] { begin(event["index"], block, progress) }
    } else if type.equals("content_block_stop") {
      finish(block: event["index"], progress)
    } else if type.equals("message_start") {
      if let message = event["message"] {
        if hasBegun { progress.fault = .secondReply }
        hasBegun = true
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
    if texts.isEmpty, content.hasPrefix("\"") {
      // A continued reply that brought no text of its own.
      writer.raw("{\"type\":\"text\",\"text\":", content, "}")
    }
    for (place, block) in blocks.enumerated() {
      if let text = text(ofBlock: place, in: content) { block.object.set("text", raw: text) }
      if block.input.count > 0 {
        // What is not JSON stays text, so that it is not taken for a call without arguments.
        let written = block.input
        let input = ToolCall.input(ofText: written.span).map { Array($0.raw) }
        var text = [UInt8]("\"")
        text.append(copying: written.span)
        text.append("\"")
        block.object.set("input", raw: input ?? text)
      }
      block.object.write(to: &writer)
    }
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  /// The text of a block, as JSON; `nil` where it has none. What a continued reply begins with belongs to the first.
  private func text(ofBlock place: Int, in content: Span<UInt8>) -> [UInt8]? {
    var text: [UInt8]?
    for index in texts.indices where texts[index].block == place {
      let start = index == 0 ? 1 : texts[index].start + 1
      let end = index + 1 < texts.count ? texts[index + 1].start + 1 : content.count - 1
      if text == nil { text = [UInt8]("\"") }
      text!.append(copying: content.extracting(start..<end))
    }
    text?.append("\"")
    return text
  }

  /// The text that comes now belongs to the block of this number. Where that is a block of another kind, which text has no
  /// place in, a text block follows the others.
  @inline(never)
  private func beginText(ofBlock number: Int, _ progress: ReplyProgress) {
    textNumber = number
    guard let last = blocks.lastIndex(where: { $0.index == number }) else { return }
    var place = last
    if !blocks[last].isText {
      guard blocks.count < Self.blockLimit else { return budget.exhaust() }
      place = blocks.count
      let object = MergedObject(budget)
      object.set("type", raw: [UInt8]("\"text\""))
      blocks.append(Block(index: nil, object: object, isText: true, call: nil, firstInput: nil))
    }
    guard texts.last?.block != place else { return }
    texts.append((place, progress.text.count))
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
    let isText = block.member("type", is: "text")
    for member in block.members {
      // The texts of all blocks are one text, which is kept apart from them.
      if isText, member.isNamed("text"), member.value.kind == .string {
        if !member.value.isEmpty { texts.append((blocks.count, progress.text.count)) }
        progress.append(text: member.value)
        object.set("text", raw: [UInt8]("\"\""))
      } else {
        object.merge(member, member.isNamed("input") ? .latest : .growing)
      }
    }
    let number = index?.integer ?? blocks.count
    textNumber = .min
    var call: Int?
    if block.member("type", is: "tool_use") {
      call = calls.begin(number, id: block["id"], name: block["name"])
      if let call, block["id"].insideOfString != calls.id(of: call) {
        var id = [UInt8]("\"")
        id += calls.id(of: call)
        id.append("\"")
        object.set("id", raw: id)
      }
    }
    note(block, call, progress)
    var firstInput = block["input"]
    if firstInput?.kind != .object && firstInput?.kind != .string || firstInput?.isEmpty == true {
      firstInput = nil
    }
    if progress.passesEvents, firstInput != nil || call.map({ !calls.isPlain(at: $0) }) == true {
      changed = AnthropicEvent.start(index, block, id: call.map { calls.id(of: $0) })
    }
    blocks.append(
      Block(index: number, object: object, isText: isText, call: call, firstInput: firstInput))
  }

  /// A block has begun. Text and thinking come later; of all else the beginning is a part of the reply.
  private func note(_ block: JSONValue, _ call: Int?, _ progress: ReplyProgress) {
    guard let type = block["type"] else { return }
    if type.equals("redacted_thinking") {
      progress.note(.thinking)
    } else if type.equals("thinking") {
      if block["thinking"]?.isEmpty == false { progress.append(reasoning: block["thinking"]!) }
    } else if !type.equals("text") {
      progress.note(.beyondText)
    }
  }

  @inline(never)
  private func grow(_ index: JSONValue?, by delta: JSONValue, _ progress: ReplyProgress) {
    guard let type = delta["type"] else { return }
    let number = index?.integer ?? 0
    if type.equals("text_delta") {
      guard let text = delta["text"], text.kind == .string else { return }
      if number != textNumber { beginText(ofBlock: number, progress) }
      self.text = text
      return progress.append(text: text)
    }
    guard let block = blocks.last(where: { $0.index == number }) else { return }
    if type.equals("input_json_delta") {
      guard let piece = delta["partial_json"], piece.kind == .string, !piece.isEmpty else { return }
      budget.charge(piece.inside.count)
      block.input.append(piece.inside)
      progress.note(.beyondText)
      if let call = block.call { calls.append(piece, to: call) }
    } else if type.equals("thinking_delta") {
      guard let thinking = delta["thinking"], thinking.kind == .string else { return }
      block.object.append("thinking", text: thinking.inside)
      progress.append(reasoning: thinking)
    } else if type.equals("signature_delta") {
      let signature = delta["signature"].insideOfString
      block.object.append("signature", text: signature.span)
      guard !signature.isEmpty else { return }
      progress.note(.thinking)
      if !progress.passesEvents { progress.deltas.append(.signature(signature)) }
    } else if type.equals("citations_delta"), let citation = delta["citation"] {
      block.object.append("citations", element: citation.span)
      if progress.hasText { progress.note(.text) }
    }
  }

  /// A block is whole.
  private func finish(block index: JSONValue?, _ progress: ReplyProgress) {
    let number = index?.integer ?? 0
    guard let place = blocks.lastIndex(where: { $0.index == number }) else { return }
    finish(place)
    if progress.passesEvents, blocks[place].input.count == 0, let input = blocks[place].firstInput {
      changed = AnthropicEvent.wholeInput(index, input)
      progress.note(.beyondText)
    }
  }

  private func finish(_ place: Int) {
    guard !blocks[place].hasEnded else { return }
    blocks[place].hasEnded = true
    guard let call = blocks[place].call else { return }
    if blocks[place].input.count == 0 { calls.append(blocks[place].firstInput, to: call) }
    calls.finish(call)
  }

  func finish(into progress: ReplyProgress) {
    for place in blocks.indices { finish(place) }
    let pieces = calls.take()
    if !progress.passesEvents { progress.deltas += pieces }
  }

  /// Passes an event on to a client of Anthropic's. The end goes out once the reply is known to be whole.
  @inline(never)
  private func pass(_ event: JSONValue, _ type: JSONValue, into progress: ReplyProgress) {
    _ = calls.take()
    guard !budget.isExceeded, !type.equals("message_stop"), !type.equals("ping") else { return }
    var json = event.span.copied
    if progress.isFinished, type.equals("message_delta") {
      progress.meaning = .end
      json = AnthropicEvent.end(event, calls: !calls.isEmpty) ?? json
    }
    if let changed, type.equals("content_block_stop") {
      // The input of a block comes before its end.
      emit([UInt8]("content_block_delta"), changed, progress)
    } else if let changed {
      json = changed
    }
    emit(type.inside.copied, json, progress)
  }

  private func emit(_ type: [UInt8], _ json: [UInt8], _ progress: ReplyProgress) {
    // The client gets nothing before the first output: until then events are kept.
    if progress.meaning == .nothing, !progress.hasOutput { budget.charge(json.count) }
    progress.deltas.append(.event(type: type, json, progress.meaning))
  }

  @inline(never)
  private func end(_ event: JSONValue, _ progress: ReplyProgress) {
    for member in event.members {
      if member.isNamed("delta") {
        envelope.merge(member.value, .latest)
        if let word = member.value["stop_reason"] { progress.end(with: word) }
      } else if member.isNamed("usage"), member.value.kind == .object {
        envelope.merge(member.value, into: "usage")
      } else if !member.isNamed("type") {
        envelope.merge(member, .latest)
      }
    }
  }
}
