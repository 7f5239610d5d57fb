public import Bytes
import JSON

/// A reply as Anthropic's clients expect it, without a stream.
extension Reply {
  /// A `message`.
  public func anthropicBody(_ identity: AnswerIdentity) -> ByteBuffer {
    if let source, source.dialect == .anthropic {
      return passed(anthropic: source.root, identity)
    }
    let (text, thinking) = (self.text, thinkingBlocks)
    var writer = JSONWriter(reserving: content.count + 512)
    writer.beginObject()
    writer.anthropicHead(identity)
    writer.name("content")
    writer.beginArray()
    for block in thinking { writer.raw(block.span) }
    if thinking.isEmpty, let reasoning = reasoningText {
      // As in a stream: without a signature, because Anthropic did not make it.
      writer.raw("{\"type\":\"thinking\",\"thinking\":", reasoning.span, ",\"signature\":\"\"}")
    }
    if text.count > 2 { writer.raw("{\"type\":\"text\",\"text\":", text.span, "}") }
    for call in toolCalls { writer.anthropic(call) }
    writer.endArray()
    writeStopReason(to: &writer)
    writeAnthropicUsage(to: &writer)
    writer.endObject()
    return writer.finishedBuffer()
  }

  /// Anthropic's blocks of thinking, as they came.
  private var thinkingBlocks: [JSONValue] {
    details.elements(of: "content").filter {
      $0.member("type", is: "thinking") || $0.member("type", is: "redacted_thinking")
    }
  }

  /// Writes why the reply ended.
  func writeStopReason(to writer: inout JSONWriter) {
    writer.member("stop_reason", string: reason.anthropic)
    writer.member("stop_sequence", orNull: details["stop_sequence"])
  }

  /// Writes `usage`: as the backend sent it in Anthropic's names, else by its numbers, 0 for what is not known.
  func writeAnthropicUsage(to writer: inout JSONWriter) {
    writer.name("usage")
    if let object = usage.object, object["input_tokens"]?.integer != nil,
      object["output_tokens"]?.integer != nil
    {
      return writer.raw(object.span)
    }
    writer.beginObject()
    writer.member("input_tokens", integer: usage.input ?? 0)
    writer.member("output_tokens", integer: usage.output ?? 0)
    writer.endObject()
  }
}

extension FaceError {
  /// The body of an error response to Anthropic's clients: `{"type": "error", "error": {"type", "message", "code",
  /// "param"?}}`, the type one of Anthropic's. Code and parameter, which Anthropic does not have, say what is wrong.
  public var anthropicBody: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: "error")
    writer.name("error")
    writer.beginObject()
    writer.member("type", string: anthropicType)
    writer.member("message", string: message.bytes.span)
    writer.member("code", string: code)
    if let parameter { writer.member("param", string: parameter.span) }
    if refusesThread {
      writer.name("details")
      writer.raw("{\"error_code\":", Self.noThreads.span, ",\"unsupported\":[\"thread\"]}")
    }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// Anthropic's own words, by which its SDK knows that it is to send the whole conversation instead.
  private static let noThreads = [UInt8]("\"thread_unsupported_request\"")

  /// Whether a conversation cannot be held by the server.
  private var refusesThread: Bool {
    isCode("unsupported_parameter") && parameter?.span.equals("thread") == true
  }

  /// Anthropic's word for the kind of error.
  private var anthropicType: StaticString {
    switch kind {
    case .backend, .server: "api_error"
    case .conflict: FaceError.Kind.invalidRequest.name
    // The one code for which Anthropic has a word of its own.
    case .invalidRequest: isCode("body_too_large") ? "request_too_large" : kind.name
    case .authentication, .permission, .notFound, .rateLimit, .overloaded: kind.name
    }
  }

  private func isCode(_ word: StaticString) -> Bool { [UInt8](code).span.equals(word) }
}

extension JSONWriter {
  /// The members that a message begins with.
  mutating func anthropicHead(_ identity: AnswerIdentity) {
    member("id", string: identity.id.span)
    member("type", string: "message")
    member("role", string: "assistant")
    member("model", string: identity.model.span)
  }

  /// Writes a call of a tool. Its input is an object: an empty one where the arguments are not an object.
  fileprivate mutating func anthropic(_ call: ToolCall) {
    beginObject()
    member("type", string: "tool_use")
    name("id")
    raw("\"", call.id.span, "\"")
    name("name")
    raw("\"", call.name.span, "\"")
    name("input")
    if let input = ToolCall.input(ofText: call.arguments.span), input.kind == .object {
      raw(input.span)
    } else {
      beginObject()
      endObject()
    }
    endObject()
  }
}
