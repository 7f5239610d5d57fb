import Bytes
import JSON

/// Anthropic's Messages, as backends are asked.
final class AnthropicDialect: DialectRules {
  static let shared = AnthropicDialect()

  var needsModel: Bool { true }

  /// Anthropic insists on a limit of the reply.
  var standardMaxTokens: Int? { 1024 }

  var fields: [DefaultField] {
    [DefaultField(name: "anthropic-version", value: "2023-06-01")]
  }

  func begin(_ request: inout RequestEncoder) {
    request.writeModel()
    request.writeMaxTokens(request.profile.maxTokens)
    if !request.isFromResponses { writeSystem(to: &request) }
  }

  /// Writes the bot's system message, unless a parameter has it; with it those of earlier turns, if there are any.
  private func writeSystem(to request: inout RequestEncoder) {
    if request.profile.overrides("system") { return }
    if !request.recalledSystem.isEmpty {
      request.writer.name("system")
      request.writeRecalledSystem(before: nil)
    } else if let system = request.profile.system, !system.isEmpty {
      request.writer.member("system", string: system.span)
    }
  }

  func beginMessages(_ request: inout RequestEncoder) {}

  func append(
    _ role: MessageRole, _ content: Span<UInt8>, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    try request.append(role, toAnthropic: content)
  }

  func append(systemOf chat: ChatRequest, to request: inout RequestEncoder) {}

  func append(
    _ message: JSONValue, at index: Int, of chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    switch chat.face {
    case .native, .openai, .responses, .ollama:
      try request.append(toAnthropic: message, index)
      // System messages alone are refused: the last is sent as the user's.
      if index == 0, let content = chat.loneSystemContent {
        try request.append(.user, toAnthropic: content.span)
      }
    case .anthropic: request.append(withoutUnsignedThinking: message)
    }
  }

  func append(prefill text: Span<UInt8>, to request: inout RequestEncoder) {
    let end = endOfPrefill(text)
    guard end > 0 else { return }
    request.writer.raw(
      "{\"role\":\"assistant\",\"content\":\"", text.extracting(0..<end), "\"}")
  }

  /// White space at the end is refused.
  func endOfPrefill(_ text: Span<UInt8>) -> Int { text.endOfJSONTextBeforeBlanks }

  func end(_ request: inout RequestEncoder) {
    // What continues a response may have earlier turns with system messages, which are known only now.
    if request.isFromResponses { writeSystem(to: &request) }
    request.writeStream()
  }

  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool { true }

  func isOwnField(_ name: Span<UInt8>) -> Bool { false }

  func fieldRules(from face: Face) -> [FieldRule]? {
    switch face {
    case .native, .openai, .responses, .ollama: FieldRule.toAnthropic
    case .anthropic: nil
    }
  }

  func adjust(_ fields: inout ChatFields) throws(TranslationFault) {
    try ThinkingBudget.adjust(&fields)
  }

  var systemField: StaticString? { "system" }

  func system(
    of chat: ChatRequest, after system: [UInt8]?
  ) throws(TranslationFault) -> [UInt8]? {
    try SystemBlocks(of: chat, after: system).json
  }

  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply? {
    try Reply(anthropic: root, acceptsToolCalls, byteCount: byteCount)
  }

  func assembly(within budget: ByteBudget) -> any ReplyAssembly { AnthropicAssembly(budget) }

  /// The content of a `custom` reply may be an array too.
  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool {
    switch other {
    case .openai: root["content"]?.kind == .array
    case .custom, .anthropic, .responses: false
    }
  }

  var hint: ReplyHint { .anthropic }

  var errorRules: [BackendError.Rule] { BackendError.Rule.anthropic }
}
