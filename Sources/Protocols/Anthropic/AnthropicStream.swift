import Bytes
import JSON

/// An answer in Anthropic's events.
///
/// They are the message's start, blocks of text, thinking and calls of tools one after the other, why it ended and what
/// it took.
public struct AnthropicStream {
  private enum Block {
    case none, text, thinking, toolUse, passed
  }

  private let identity: AnswerIdentity
  private var hasBegun = false
  private var open = Block.none
  /// The index of the block that is open, or was open last.
  private var index = -1
  /// The call of a tool whose block is open, and its arguments so far.
  private var openCall = -1
  private var openArguments = ByteBuffer(capacity: 64)
  /// What has come for other blocks before the arguments of the open one were whole.
  private var waiting: [ReplyDelta] = []
  /// The backend's own end, which waits for the end of the reply.
  private var ending: [UInt8] = []

  /// A stream.
  public init(_ identity: AnswerIdentity) {
    self.identity = identity
  }

  /// Appends the events of a delta.
  public mutating func write(_ delta: ReplyDelta, to output: inout [UInt8]) {
    if case .event(let type, let json, let meaning) = delta {
      return pass(type, json, meaning, to: &output)
    }
    begin(to: &output)
    ending = []
    if open == .toolUse, !continuesOpenCall(delta) { return waiting.append(delta) }
    switch delta {
    case .logprobs, .callMembers, .event, .body:
      // Anthropic has no equivalent.
      break
    case .text(let text), .refusal(let text):
      enter(.text, "{\"type\":\"text\",\"text\":\"\"}", to: &output)
      grow("text_delta\",\"text\":\"", text, at: index, to: &output)
    case .reasoning(let text):
      enterThinking(to: &output)
      grow("thinking_delta\",\"thinking\":\"", text, at: index, to: &output)
    case .signature(let text):
      enterThinking(to: &output)
      grow("signature_delta\",\"signature\":\"", text, at: index, to: &output)
    case .toolCall(let call, let id, let name):
      openCall = call
      openArguments = ByteBuffer(capacity: 64)
      beginToolUse(id, name, to: &output)
    case .arguments(let call, let text):
      guard open == .toolUse, call == openCall else { return }
      // Clients read the pieces together as JSON, which blanks are not.
      if openArguments.count == 0, text.span.endOfJSONTextBeforeBlanks == 0 { return }
      openArguments.append(text.span)
      grow("input_json_delta\",\"partial_json\":\"", text, at: index, to: &output)
    }
  }

  /// Whether a delta can go out while the block of a call is open: it belongs to the call, or the call's arguments are
  /// whole. Blocks come one after the other, although calls may come by turns.
  private func continuesOpenCall(_ delta: ReplyDelta) -> Bool {
    if case .arguments(openCall, _) = delta { return true }
    return waiting.isEmpty && ToolCall.input(ofText: openArguments.span)?.kind == .object
  }

  /// Appends what has waited. Nothing more comes, so that the arguments of every call are there.
  private mutating func writeWaiting(to output: inout [UInt8]) {
    guard !waiting.isEmpty else { return }
    var deltas: [ReplyDelta] = []
    swap(&deltas, &waiting)
    leave(to: &output)
    for delta in deltas {
      if case .arguments = delta { continue }
      write(delta, to: &output)
      guard case .toolCall(let call, _, _) = delta else { continue }
      for case .arguments(call, let text) in deltas {
        write(.arguments(index: call, text), to: &output)
      }
      leave(to: &output)
    }
  }

  /// Appends an event of the backend's; its end waits for the end of the reply.
  private mutating func pass(
    _ type: [UInt8], _ json: [UInt8], _ meaning: ReplyDelta.Meaning, to output: inout [UInt8]
  ) {
    if meaning == .end { return Self.append(type, json, to: &ending) }
    if type.span.equals("message_start") {
      hasBegun = true
      Self.append(type, AnthropicEvent.completed(start: json, identity) ?? json, to: &output)
      return
    }
    begin(to: &output)
    if type.span.equals("content_block_start") {
      index += 1
      open = .passed
    } else if type.span.equals("content_block_stop") {
      open = .none
    }
    Self.append(type, json, to: &output)
  }

  private static func append(_ type: [UInt8], _ json: [UInt8], to output: inout [UInt8]) {
    output.append("event: ", type, "\ndata: ")
    output.appendLine(json.span)
    output.append("\n\n")
  }

  /// Appends what follows the last delta.
  public mutating func finish(_ reply: Reply, to output: inout [UInt8]) {
    begin(to: &output)
    writeWaiting(to: &output)
    leave(to: &output)
    if !ending.isEmpty {
      output.append(copying: ending.span)
      output.append("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
      return
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: "message_delta")
    writer.name("delta")
    writer.beginObject()
    reply.writeStopReason(to: &writer)
    writer.endObject()
    reply.writeAnthropicUsage(to: &writer)
    writer.endObject()
    let end = writer.finish()
    output.append(event: "message_delta", data: end.span)
    output.append("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
  }

  /// Appends what shows that the connection is alive: an event, or a comment before the first one, which must be
  /// `message_start`.
  public func keepAlive(to output: inout [UInt8]) {
    guard hasBegun else { return output.appendKeepAlive() }
    output.append("event: ping\ndata: {\"type\":\"ping\"}\n\n")
  }

  @inline(never)
  private mutating func begin(to output: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: "message_start")
    writer.name("message")
    writer.beginObject()
    writer.anthropicHead(identity)
    writer.name("content")
    writer.beginArray()
    writer.endArray()
    writer.name("stop_reason")
    writer.null()
    writer.name("stop_sequence")
    writer.null()
    writer.writeNoUsage()
    writer.endObject()
    writer.endObject()
    let start = writer.finish()
    output.append(event: "message_start", data: start.span)
  }

  private mutating func enterThinking(to output: inout [UInt8]) {
    enter(.thinking, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}", to: &output)
  }

  /// Continues a block of a kind; begins it if another is open.
  private mutating func enter(
    _ block: Block, _ start: StaticString, to output: inout [UInt8]
  ) {
    if open == block { return }
    beginBlock(block, to: &output)
    output.append(start)
    output.append("}\n\n")
  }

  private mutating func beginToolUse(
    _ id: [UInt8], _ name: [UInt8], to output: inout [UInt8]
  ) {
    beginBlock(.toolUse, to: &output)
    output.append("{\"type\":\"tool_use\",\"id\":\"", id, "\",\"name\":\"")
    output.append(copying: name.span)
    output.append("\",\"input\":{}}}\n\n")
  }

  @inline(never)
  private mutating func beginBlock(_ block: Block, to output: inout [UInt8]) {
    leave(to: &output)
    index += 1
    open = block
    output.append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
    output.append(decimal: index)
    output.append(",\"content_block\":")
  }

  @inline(never)
  private func grow(
    _ opening: StaticString, _ text: [UInt8], at index: Int, to output: inout [UInt8]
  ) {
    output.append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
    output.append(decimal: index)
    output.append(",\"delta\":{\"type\":\"")
    output.append(opening, text, "\"}}\n\n")
  }

  @inline(never)
  private mutating func leave(to output: inout [UInt8]) {
    guard open != .none else { return }
    open = .none
    output.append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
    output.append(decimal: index)
    output.append("}\n\n")
  }
}
