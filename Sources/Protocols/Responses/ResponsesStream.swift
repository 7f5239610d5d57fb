import Bytes
import JSON

/// An answer in the events of Responses.
///
/// They are `created`, `in_progress`, then items that begin, grow and end, then `completed`, `incomplete` or `failed`.
/// Calls of tools may grow by turns: each has its place in the output, and ends with the reply.
struct ResponsesStream {
  /// A call that has not ended.
  private struct Call {
    let number: Int
    let place: Int
    let id: [UInt8]
    let name: [UInt8]
    let arguments = ByteBuffer(capacity: 64)
  }

  /// The kind of item that is open; calls stay open beside it.
  enum Open {
    case none, message, refusal, thinking
  }

  var object: ResponsesObject
  var hasBegun = false
  var sequence = 0
  /// The items in their places; an item that is open is empty.
  var items: [[UInt8]] = []
  var open = Open.none
  /// The open item: its place, its identifier, its text so far, and whether its part has begun.
  var place = 0
  var id: [UInt8] = []
  var text = ByteBuffer(capacity: 256)
  var hasPart = false
  private var calls: [Call] = []
  /// What is known of the tokens: of the piece that follows, and of the whole message; the insides of arrays.
  private var logprobs: [UInt8] = []
  var allLogprobs: [UInt8] = []
  /// The backend's own end, which waits for the end of the reply.
  var ending: JSONValue?

  init(_ object: ResponsesObject) {
    self.object = object
  }

  /// From now on this model replies; its name as text.
  mutating func name(model: [UInt8]) {
    object.model = model
  }

  /// Appends the events of a delta.
  mutating func write(_ delta: ReplyDelta, to output: inout [UInt8]) {
    if case .event(_, let json, let meaning) = delta {
      if let event = (try? JSONDocument(json))?.root { pass(event, meaning, to: &output) }
      return
    }
    begin(to: &output)
    ending = nil
    switch delta {
    case .event, .body, .signature, .callMembers:
      // Responses have no equivalent.
      break
    case .logprobs(let known):
      guard let tokens = (try? JSONDocument(known))?.root["content"], tokens.kind == .array else {
        return
      }
      if !allLogprobs.isEmpty, !tokens.isEmpty { allLogprobs.append(",") }
      allLogprobs.append(copying: tokens.inside)
      logprobs = tokens.inside.copied
    case .refusal(let more):
      enterMessage(.refusal, to: &output)
      text.append(more.span)
      event("refusal.delta", place, id, to: &output)
      output.append(",\"content_index\":0,\"delta\":\"", more, "\"}\n\n")
    case .text(let more):
      enterMessage(to: &output)
      text.append(more.span)
      event("output_text.delta", place, id, to: &output)
      output.append(",\"content_index\":0,\"delta\":\"", more, "\",\"logprobs\":[")
      output.append(copying: logprobs.span)
      output.append("]}\n\n")
      logprobs = []
    case .reasoning(let more):
      enterThinking(to: &output)
      text.append(more.span)
      event("reasoning_summary_text.delta", place, id, to: &output)
      output.append(",\"summary_index\":0,\"delta\":\"", more, "\"}\n\n")
    case .toolCall(let number, let call, let name):
      leave(to: &output)
      let call = Call(number: number, place: addItem(), id: call, name: name)
      calls.append(call)
      event("output_item.added", call.place, nil, to: &output)
      append(item: item(of: call, "in_progress"), to: &output)
    case .arguments(let number, let more):
      guard let call = calls.first(where: { $0.number == number }) else { return }
      call.arguments.append(more.span)
      event("function_call_arguments.delta", call.place, itemID("fc_", call.place), to: &output)
      output.append(",\"delta\":\"", more, "\"}\n\n")
    }
  }

  /// Appends what follows the last delta.
  mutating func finish(_ reply: Reply, to output: inout [UInt8]) {
    begin(to: &output)
    if let ending {
      let isIncomplete = ending["type"]?.equals("response.incomplete") == true
      event(isIncomplete ? "incomplete" : "completed", nil, nil, to: &output)
      output.append(",\"response\":")
      var writer = JSONWriter(reserving: ending.raw.count + 256)
      object.write(adopting: ending["response"] ?? ending, to: &writer)
      let response = writer.finish()
      output.appendLine(response.span)
      return output.append("}\n\n")
    }
    let status = reply.responsesEnd.status
    if items.isEmpty { enterMessage(to: &output) }
    leave(to: &output, status)
    for call in calls {
      let id = itemID("fc_", call.place)
      event("function_call_arguments.done", call.place, id, to: &output)
      output.append(",\"name\":\"", call.name, "\",\"arguments\":\"")
      output.append(copying: call.arguments.span)
      output.append("\"}\n\n")
      end(call.place, item(of: call, status), to: &output)
    }
    tell(status, reply: reply, error: nil, to: &output)
  }

  /// Appends the end of a stream that failed after a part of the reply.
  mutating func fail(_ error: FaceError, to output: inout [UInt8]) {
    begin(to: &output)
    tell("failed", reply: nil, error: error, to: &output)
  }

  /// Appends the end of a stream that failed before any part of the reply.
  static func fail(_ error: FaceError, to output: inout [UInt8]) {
    var body = error.openAIBody
    body.removeLast()
    output.append("event: error\ndata: {\"type\":\"error\",\"sequence_number\":0,\"code\":\"")
    output.append(error.code)
    output.append("\",\"message\":")
    var writer = JSONWriter()
    writer.string(error.message.bytes.span)
    output += writer.finish()
    output.append(",\"param\":null,")
    output.append(copying: body.span.extracting(1...))
    output.append("}\n\n")
  }

  // MARK: Items

  private func itemID(_ prefix: StaticString, _ place: Int) -> [UInt8] {
    ResponsesItem.id(prefix, of: object.id, place)
  }

  private func item(of call: Call, _ status: StaticString) -> [UInt8] {
    // An item that begins has no arguments yet.
    let arguments = call.arguments
    return ResponsesItem.call(
      itemID("fc_", call.place), status, call.id, call.name, arguments.span)
  }

  mutating func addItem() -> Int {
    items.append([])
    return items.count - 1
  }

  private mutating func enterMessage(
    _ kind: Open = .message, to output: inout [UInt8]
  ) {
    if open != kind {
      leave(to: &output)
      begin(kind, "msg_")
      event("output_item.added", place, nil, to: &output)
      append(item: ResponsesItem.message(id, "in_progress", parts: []), to: &output)
    }
    guard !hasPart else { return }
    hasPart = true
    event("content_part.added", place, id, to: &output)
    output.append(",\"content_index\":0,\"part\":")
    output += part(kind)
    output.append("}\n\n")
  }

  /// The part of the open message, with its text so far.
  private func part(_ kind: Open) -> [UInt8] {
    let (text, logprobs) = (text, allLogprobs)
    return kind == .refusal
      ? ResponsesItem.refusal(text.span) : ResponsesItem.text(text.span, logprobs: logprobs.span)
  }

  private mutating func enterThinking(to output: inout [UInt8]) {
    if open == .thinking { return }
    leave(to: &output)
    begin(.thinking, "rs_")
    event("output_item.added", place, nil, to: &output)
    append(item: ResponsesItem.reasoning(id, [UInt8]().span), to: &output)
    event("reasoning_summary_part.added", place, id, to: &output)
    output.append(",\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\"\"}}\n\n")
  }

  private mutating func begin(_ kind: Open, _ prefix: StaticString) {
    open = kind
    place = addItem()
    id = itemID(prefix, place)
    text = ByteBuffer(capacity: 256)
    hasPart = false
    allLogprobs = []
  }

  /// Ends the open item.
  private mutating func leave(to output: inout [UInt8], _ status: StaticString = "completed") {
    switch open {
    case .none: return
    case .message, .refusal:
      let part = part(open)
      event(open == .refusal ? "refusal.done" : "output_text.done", place, id, to: &output)
      output.append(",\"content_index\":0,\"")
      output.append(open == .refusal ? "refusal" : "text")
      output.append("\":\"")
      output.append(copying: text.span)
      if open == .refusal {
        output.append("\"}\n\n")
      } else {
        output.append("\",\"logprobs\":[", allLogprobs, "]}\n\n")
      }
      event("content_part.done", place, id, to: &output)
      output.append(",\"content_index\":0,\"part\":", part, "}\n\n")
      end(place, ResponsesItem.message(id, status, parts: [part]), to: &output)
    case .thinking:
      event("reasoning_summary_text.done", place, id, to: &output)
      output.append(",\"summary_index\":0,\"text\":\"")
      output.append(copying: text.span)
      output.append("\"}\n\n")
      event("reasoning_summary_part.done", place, id, to: &output)
      output.append(",\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\"")
      output.append(copying: text.span)
      output.append("\"}}\n\n")
      end(place, ResponsesItem.reasoning(id, text.span), to: &output)
    }
    open = .none
  }

  /// Appends the end of an item, which is whole now.
  mutating func end(_ place: Int, _ item: [UInt8], to output: inout [UInt8]) {
    items[place] = item
    event("output_item.done", place, nil, to: &output)
    append(item: item, to: &output)
  }

  func append(item: [UInt8], to output: inout [UInt8]) {
    output.append(",\"item\":")
    output.appendLine(item.span)
    output.append("}\n\n")
  }

  // MARK: Events

  /// Appends the beginning of an event: its type without `response.`, its number, the item that it is about.
  @inline(never)
  mutating func event(
    _ type: StaticString, _ place: Int?, _ item: [UInt8]?, step: StaticString = "",
    to output: inout [UInt8]
  ) {
    output.append("event: response.")
    output.append(type)
    output.append(step)
    output.append("\ndata: {\"type\":\"response.")
    output.append(type)
    output.append(step)
    output.append("\",\"sequence_number\":")
    output.append(decimal: sequence)
    sequence += 1
    if let place {
      output.append(",\"output_index\":")
      output.append(decimal: place)
    }
    if let item { output.append(",\"item_id\":\"", item, "\"") }
  }

  /// Appends an event with the response as it is now.
  private mutating func tell(
    _ type: StaticString, reply: Reply?, error: FaceError?, to output: inout [UInt8]
  ) {
    event(type, nil, nil, to: &output)
    output.append(",\"response\":")
    var writer = JSONWriter(reserving: 1024)
    object.write(output: items.filter { !$0.isEmpty }, reply: reply, error: error, to: &writer)
    let response = writer.finish()
    output.appendLine(response.span)
    output.append("}\n\n")
  }

  @inline(never)
  mutating func begin(to output: inout [UInt8]) {
    guard !hasBegun else { return }
    hasBegun = true
    tell("created", reply: nil, error: nil, to: &output)
    tell("in_progress", reply: nil, error: nil, to: &output)
  }
}
