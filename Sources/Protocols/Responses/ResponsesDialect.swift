import Bytes
import JSON

/// OpenAI's Responses, as backends are asked.
///
/// The conversation goes with every request, so the backend is told to store nothing, unless the client speaks the same
/// interface and its `store` passes through.
final class ResponsesDialect: DialectRules {
  static let shared = ResponsesDialect()

  /// OpenAI takes no smaller limit of a reply.
  private static let leastTokens = 16

  var fields: [DefaultField] { [] }

  var needsModel: Bool { true }

  var standardMaxTokens: Int? { nil }

  var messagesName: StaticString { "input" }

  func begin(_ request: inout RequestEncoder) { request.writeModel() }

  func beginMessages(_ request: inout RequestEncoder) { request.writeSystemMessage() }

  func append(
    _ role: MessageRole, _ content: Span<UInt8>, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    if content.isText { return request.append(role, as: content) }
    var message = [UInt8]("{\"role\":\"")
    message.append(role.name)
    message.append("\",\"content\":")
    message.append(copying: content)
    message.append("}")
    guard let message = (try? JSONDocument(message))?.root else { throw .malformedContent }
    try request.append(asItems: message, 0)
  }

  func append(
    systemOf chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    switch chat.face {
    case .responses: break
    case .native, .openai, .ollama:
      for message in chat.messages.elements where message.isSystemMessage {
        try request.append(asItems: message, 0)
      }
    case .anthropic:
      try request.appendItems { (openai) throws(TranslationFault) in
        try openai.append(anthropicSystemOf: chat)
      }
    }
  }

  func append(
    _ message: JSONValue, at index: Int, of chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    switch chat.face {
    case .native, .openai, .responses, .ollama:
      if !request.hasSystemMessages || !message.isSystemMessage {
        try request.append(asItems: message, index)
      }
    case .anthropic:
      try request.appendItems { (openai) throws(TranslationFault) in
        try openai.append(fromAnthropic: message, index)
      }
    }
  }

  func append(prefill text: Span<UInt8>, to request: inout RequestEncoder) {
    request.writer.raw("{\"role\":\"assistant\",\"content\":\"", text, "\"}")
  }

  func endOfPrefill(_ text: Span<UInt8>) -> Int { text.count }

  func end(_ request: inout RequestEncoder) {
    if let tokens = request.profile.maxTokens, !request.profile.overrides("max_output_tokens") {
      request.writer.member("max_output_tokens", integer: max(Self.leastTokens, tokens))
    }
    if !request.isFromResponses, !request.profile.overrides("store") {
      request.writer.member("store", boolean: false)
    }
    request.writeStream()
  }

  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool {
    !parameter.name.span.equals("input")
      && (streaming || !parameter.name.span.equals("stream_options"))
  }

  /// What Postern answers for by itself.
  func isOwnField(_ name: Span<UInt8>) -> Bool {
    for own in ["input", "previous_response_id", "conversation", "background"] as [StaticString]
    where name.equals(own) {
      return true
    }
    return false
  }

  func fieldRules(from face: Face) -> [FieldRule]? {
    switch face {
    case .native, .openai, .responses, .ollama: nil
    case .anthropic: FieldRule.fromAnthropic
    }
  }

  func adjust(_ fields: inout ChatFields) throws(TranslationFault) {
    if fields.chat.face != .responses { try ResponsesFields.rename(&fields) }
  }

  var systemField: StaticString? { nil }

  func system(of chat: ChatRequest, after system: [UInt8]?) -> [UInt8]? { nil }

  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply? {
    try Reply(responses: root, acceptsToolCalls, byteCount: byteCount)
  }

  func assembly(within budget: ByteBudget) -> any ReplyAssembly { ResponsesAssembly(budget) }

  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool {
    root["output"]?.kind == .array && root.member("object", is: "response")
  }

  var hint: ReplyHint { .responses }

  /// They are those of Chat Completions.
  var errorRules: [BackendError.Rule] { [] }
}
