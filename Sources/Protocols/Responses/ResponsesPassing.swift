import Bytes
import JSON

/// The events of a backend with the same interface.
extension ResponsesStream {
  /// Appends an event of the backend's with Postern's identity, or a whole response as events. The end waits for the end
  /// of the reply.
  mutating func pass(
    _ event: JSONValue, _ meaning: ReplyDelta.Meaning, to output: inout [UInt8]
  ) {
    guard let type = event["type"] else { return replay(event, to: &output) }
    if meaning == .end { return ending = event }
    if type.equals("response.created") { hasBegun = true }
    begin(to: &output)
    if let number = event["sequence_number"]?.integer { sequence = number + 1 }
    output.append("event: ", type.inside.copied, "\ndata: ")
    var written = event.span.copied
    if event["response"]?.kind == .object {
      written = adopted(event)
    } else {
      note(event, type)
    }
    output.appendLine(written.span)
    output.append("\n\n")
  }

  private func adopted(_ event: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: event.raw.count + 256)
    writer.beginObject()
    for member in event.members {
      writer.name(raw: member.name.span)
      if member.isNamed("response") {
        object.write(adopting: member.value, to: &writer)
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
    return writer.finish()
  }

  /// Notes what the client knows of the reply, in case that another backend continues it.
  private mutating func note(_ event: JSONValue, _ type: JSONValue) {
    if type.equals("response.output_text.delta") {
      let piece = event["delta"].insideOfString
      return text.append(piece.span)
    }
    if type.equals("response.content_part.added") { hasPart = true }
    guard let item = event["item"], let number = event["output_index"]?.integer,
      0..<Self.mostItems ~= number
    else { return }
    while items.count <= number { items.append([]) }
    if type.equals("response.output_item.added") {
      (place, id, hasPart, allLogprobs) = (number, item["id"].insideOfString, false, [])
      text = ByteBuffer(capacity: 256)
      let isThinking = item.member("type", is: "reasoning")
      open = item.member("type", is: "message") ? .message : isThinking ? .thinking : .none
    } else if type.equals("response.output_item.done") {
      items[number] = item.span.copied
      open = .none
    }
  }

  /// More items than any response has.
  private static let mostItems = 1024

  /// Appends a whole response as events.
  private mutating func replay(_ response: JSONValue, to output: inout [UInt8]) {
    begin(to: &output)
    if let items = response["output"] {
      for item in items.elements { replay(item: item, to: &output) }
    }
    let isIncomplete = response["status"]?.equals("incomplete") == true
    var writer = JSONWriter(reserving: response.raw.count + 64)
    writer.beginObject()
    writer.member("type", string: isIncomplete ? "response.incomplete" : "response.completed")
    writer.member("response", raw: response.span)
    writer.endObject()
    ending = (try? JSONDocument(writer.finish()))?.root
  }

  private mutating func replay(item: JSONValue, to output: inout [UInt8]) {
    let place = addItem()
    id = item["id"].insideOfString
    event("output_item.added", place, nil, to: &output)
    append(item: item.emptied, to: &output)
    if let summary = item["summary"] {
      replay(
        summary, "reasoning_summary_part", "reasoning_summary_text", "summary_index", place,
        to: &output)
    }
    if let content = item["content"] {
      let isThinking = item.member("type", is: "reasoning")
      replay(
        content, isThinking ? nil : "content_part", isThinking ? "reasoning_text" : "output_text",
        "content_index", place, to: &output)
    }
    if item.member("type", is: "function_call") {
      let arguments = item["arguments"].insideOfString
      event("function_call_arguments.delta", place, id, to: &output)
      output.append(",\"delta\":\"", arguments, "\"}\n\n")
      event("function_call_arguments.done", place, id, to: &output)
      output.append(",\"arguments\":\"", arguments, "\"}\n\n")
    }
    end(place, item.span.copied, to: &output)
  }

  /// Appends the parts of an item: each begins, grows by its text, and ends.
  private mutating func replay(
    _ parts: JSONValue, _ part: StaticString?, _ text: StaticString, _ index: StaticString,
    _ place: Int, to output: inout [UInt8]
  ) {
    var number = 0
    for value in parts.elements {
      func tell(
        _ type: StaticString, _ step: StaticString, _ name: StaticString, _ json: [UInt8],
        to output: inout [UInt8]
      ) {
        event(type, place, id, step: step, to: &output)
        output.append(",\"")
        output.append(index)
        output.append("\":")
        output.append(decimal: number)
        output.append(",\"")
        output.append(name)
        output.append("\":")
        output.appendLine(json.span)
        output.append("}\n\n")
      }
      if let part { tell(part, ".added", "part", value.emptied, to: &output) }
      let refusal = value["refusal"]
      let type = refusal == nil ? text : "refusal"
      if let said = (refusal ?? value["text"]).map({ Array($0.raw) }) {
        tell(type, ".delta", "delta", said, to: &output)
        tell(type, ".done", refusal == nil ? "text" : "refusal", said, to: &output)
      }
      if let part { tell(part, ".done", "part", value.span.copied, to: &output) }
      number += 1
    }
  }
}

extension JSONValue {
  /// An item or a part without what comes in events of its own.
  fileprivate var emptied: [UInt8] {
    var writer = JSONWriter(reserving: raw.count)
    writer.beginObject()
    for member in members {
      writer.name(raw: member.name.span)
      let isGrowing =
        member.isNamed("content") || member.isNamed("summary") || member.isNamed("arguments")
        || member.isNamed("text") || member.isNamed("refusal")
      if isGrowing, member.value.kind == .string {
        writer.string("")
      } else if isGrowing, member.value.kind == .array {
        writer.elements([])
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
    return writer.finish()
  }
}
