import Bytes
import JSON

/// What a `response` object says of itself, whatever its state: identity, and what the request asked for.
struct ResponsesObject {
  let terms: AnswerTerms
  /// `resp_…`
  let id: [UInt8]
  /// The model's name as text.
  var model: [UInt8]

  /// The members that repeat the request's, with the value where it has none.
  private static let echoes: [(name: StaticString, absence: StaticString)] = [
    ("background", "false"), ("instructions", "null"), ("max_output_tokens", "null"),
    ("metadata", "{}"), ("parallel_tool_calls", "true"), ("previous_response_id", "null"),
    ("reasoning", "{\"effort\":null,\"summary\":null}"), ("store", "true"),
    ("temperature", "null"), ("text", "{\"format\":{\"type\":\"text\"}}"),
    ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_p", "null"), ("truncation", "\"disabled\""),
    ("user", "null"),
  ]

  /// The object. `output` are the items, each as JSON; `reply` is there once the response has ended well, `error` if it
  /// failed.
  func write(
    output: [[UInt8]], reply: Reply?, error: FaceError? = nil, to writer: inout JSONWriter
  ) {
    let end = reply?.responsesEnd
    writer.beginObject()
    writer.member("id", string: id.span)
    writer.member("object", string: "response")
    writer.member("created_at", integer: terms.created)
    writer.member("status", string: error != nil ? "failed" : end?.status ?? "in_progress")
    writer.name("error")
    if let error {
      writer.beginObject()
      writer.member("code", string: error.code)
      writer.member("message", string: error.message.bytes.span)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.name("incomplete_details")
    if let reason = end?.reason {
      writer.beginObject()
      writer.member("reason", string: reason)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.member("model", string: model.span)
    writer.name("output")
    writer.elements(output)
    writer.name("usage")
    if let reply { reply.writeResponsesUsage(to: &writer) } else { writer.null() }
    writeEchoes(lackingIn: nil, to: &writer)
    writer.endObject()
  }

  /// A backend's own object with Postern's identity.
  func write(adopting response: JSONValue, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", string: id.span)
    for member in response.members where !member.isNamed("id") && !Self.isOwn(member.name) {
      writer.member(member)
    }
    if response["object"] == nil { writer.member("object", string: "response") }
    if response["created_at"] == nil { writer.member("created_at", integer: terms.created) }
    if response["model"] == nil { writer.member("model", string: model.span) }
    writeEchoes(lackingIn: response, to: &writer)
    writer.endObject()
  }

  /// Whether a member is about what is stored, which Postern says itself.
  private static func isOwn(_ name: JSONValue) -> Bool {
    name.equals("previous_response_id") || name.equals("store") || name.equals("conversation")
  }

  /// Writes the members that repeat the request's, and the conversation, if the request names one: an identifier, or an
  /// object with it.
  private func writeEchoes(lackingIn response: JSONValue?, to writer: inout JSONWriter) {
    for echo in Self.echoes {
      let isOwn = echo.name.span.equals("store") || echo.name.span.hasPrefix("previous")
      if let response, !isOwn, response[echo.name] != nil { continue }
      writer.name(echo.name)
      if let value = terms.request?[echo.name].present {
        writer.raw(value.span)
      } else {
        writer.raw([UInt8](echo.absence).span)
      }
    }
    guard let conversation = terms.request?["conversation"].present else { return }
    writer.name("conversation")
    if conversation.kind == .object { return writer.raw(conversation.span) }
    writer.raw("{\"id\":", conversation.span, "}")
  }
}

/// Items of an output, as JSON. Text is the inside of a JSON string.
enum ResponsesItem {
  /// The identifier of an item that Postern makes: of the response's own, and the item's place.
  static func id(_ prefix: StaticString, of response: [UInt8], _ place: Int) -> [UInt8] {
    var id = [UInt8](prefix)
    id.append(copying: response.span.extracting(5..<min(29, response.count)))
    id.append("_")
    id.append(decimal: place)
    return id
  }

  static func message(
    _ id: [UInt8], _ status: StaticString, parts: [[UInt8]]
  ) -> [UInt8] {
    var writer = begin("message", id, status)
    writer.member("role", string: "assistant")
    writer.name("content")
    writer.elements(parts)
    writer.endObject()
    return writer.finish()
  }

  /// A part of a message with text; `logprobs` is the inside of an array.
  static func text(_ text: Span<UInt8>, logprobs: Span<UInt8>) -> [UInt8] {
    var writer = JSONWriter(reserving: text.count + 128)
    writer.beginObject()
    writer.member("type", string: "output_text")
    writer.name("annotations")
    writer.elements([])
    writer.name("logprobs")
    writer.raw("[", logprobs, "]")
    writer.name("text")
    writer.raw("\"", text, "\"")
    writer.endObject()
    return writer.finish()
  }

  /// A part of a message in which the model refuses.
  static func refusal(_ text: Span<UInt8>) -> [UInt8] {
    var writer = JSONWriter(reserving: text.count + 64)
    writer.raw("{\"type\":\"refusal\",\"refusal\":\"", text, "\"}")
    return writer.finish()
  }

  static func reasoning(_ id: [UInt8], _ text: Span<UInt8>) -> [UInt8] {
    var writer = begin("reasoning", id, nil)
    writer.name("summary")
    if text.isEmpty {
      writer.elements([])
    } else {
      writer.raw("[{\"type\":\"summary_text\",\"text\":\"", text, "\"}]")
    }
    writer.endObject()
    return writer.finish()
  }

  static func call(
    _ id: [UInt8], _ status: StaticString, _ call: [UInt8], _ name: [UInt8],
    _ arguments: Span<UInt8>
  ) -> [UInt8] {
    var writer = begin("function_call", id, status)
    writer.name("call_id")
    writer.raw("\"", call.span, "\"")
    writer.name("name")
    writer.raw("\"", name.span, "\"")
    writer.name("arguments")
    writer.raw("\"", arguments, "\"")
    writer.endObject()
    return writer.finish()
  }

  private static func begin(
    _ type: StaticString, _ id: [UInt8], _ status: StaticString?
  ) -> JSONWriter {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("id")
    writer.raw("\"", id.span, "\"")
    writer.member("type", string: type)
    if let status { writer.member("status", string: status) }
    return writer
  }
}

/// A reply as clients of Responses expect it.
extension Reply {
  /// The status, and why the response is incomplete.
  var responsesEnd: (status: StaticString, reason: StaticString?) {
    switch reason {
    case .tokenLimit, .contextFull: ("incomplete", "max_output_tokens")
    case .refusal: ("incomplete", "content_filter")
    case .end, .stopSequence, .pause, .toolCalls, .functionCall, .broken: ("completed", nil)
    }
  }

  /// Whether the content is what the model says in refusing.
  var isRefusal: Bool {
    guard let refusal = details["refusal"] else { return false }
    let content = content
    return refusal.span.equals(content.span)
  }

  /// The items of the output, each as JSON: the backend's own, or thinking, text and calls.
  func responsesItems(_ response: [UInt8]) -> [[UInt8]] {
    if let source, source.dialect == .responses, let output = source.root["output"] {
      return output.elements.map { $0.span.copied }
    }
    let (text, status) = (self.text, responsesEnd.status)
    var items: [[UInt8]] = []
    if let thought = reasoningText {
      items.append(
        ResponsesItem.reasoning(
          ResponsesItem.id("rs_", of: response, 0), thought.span.extracting(1..<thought.count - 1)))
    }
    if text.count > 2 || toolCalls.isEmpty {
      let inside = text.span.extracting(1..<text.count - 1)
      let logprobs = details["logprobs"]?["content"]
      let known = logprobs?.kind == .array ? logprobs!.inside.copied : []
      let part =
        isRefusal
        ? ResponsesItem.refusal(inside) : ResponsesItem.text(inside, logprobs: known.span)
      items.append(
        ResponsesItem.message(
          ResponsesItem.id("msg_", of: response, items.count), status, parts: [part]))
    }
    for call in toolCalls {
      items.append(
        ResponsesItem.call(
          ResponsesItem.id("fc_", of: response, items.count), status, call.id, call.name,
          call.arguments.span))
    }
    return items
  }

  /// Writes the usage: as the backend sent it in these names, else by its numbers, 0 for what is not known.
  func writeResponsesUsage(to writer: inout JSONWriter) {
    let object = usage.object
    if let object, object["input_tokens_details"] != nil { return writer.raw(object.span) }
    let thought = object?["completion_tokens_details"]?["reasoning_tokens"]?.integer
    let (input, output) = (usage.input ?? 0, usage.output ?? 0)
    writer.beginObject()
    writer.member("input_tokens", integer: input)
    writer.name("input_tokens_details")
    writer.beginObject()
    writer.member("cached_tokens", integer: usage.cached ?? 0)
    writer.endObject()
    writer.member("output_tokens", integer: output)
    writer.name("output_tokens_details")
    writer.beginObject()
    writer.member("reasoning_tokens", integer: thought ?? 0)
    writer.endObject()
    writer.member("total_tokens", integer: input + output)
    writer.endObject()
  }
}
