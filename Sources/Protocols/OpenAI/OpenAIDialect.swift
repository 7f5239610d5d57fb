import Bytes
import JSON

/// OpenAI's Chat Completions, as backends are asked.
final class OpenAIDialect: DialectRules {
  static let shared = OpenAIDialect()

  var fields: [DefaultField] { [] }

  func begin(_ request: inout RequestEncoder) { request.writeModel() }

  func beginMessages(_ request: inout RequestEncoder) { request.writeSystemMessage() }

  func append(_ role: MessageRole, _ content: Span<UInt8>, to request: inout RequestEncoder) {
    request.append(role, as: content)
  }

  func append(
    systemOf chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    try request.append(openAISystemOf: chat)
  }

  func append(
    _ message: JSONValue, at index: Int, of chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault) {
    try request.append(openAI: message, at: index, of: chat)
  }

  func append(prefill text: Span<UInt8>, to request: inout RequestEncoder) {
    request.append(openAIPrefill: text)
  }

  func endOfPrefill(_ text: Span<UInt8>) -> Int { text.count }

  func end(_ request: inout RequestEncoder) {
    request.writeMaxTokens(request.profile.maxTokens)
    request.writeContinuation()
    request.writeStream()
    if request.streams, !request.profile.overrides("stream_options") {
      request.writer.member("stream_options", raw: [UInt8]("{\"include_usage\":true}").span)
    }
  }

  /// `stream_options` without a stream is an error to OpenAI and vLLM.
  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool {
    !parameter.name.span.equals("stream_options") || streaming && !parameter.value.isNull
  }

  func isOwnField(_ name: Span<UInt8>) -> Bool { false }

  func fieldRules(from face: Face) -> [FieldRule]? {
    switch face {
    case .native, .openai: nil
    case .anthropic: FieldRule.fromAnthropic
    }
  }

  func adjust(_ fields: inout ChatFields) {}

  var systemField: StaticString? { nil }

  func system(of chat: ChatRequest, after system: [UInt8]?) -> [UInt8]? { nil }

  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply? {
    try Reply(openai: root, acceptsToolCalls, byteCount: byteCount)
  }

  func assembly(within budget: ByteBudget) -> any ReplyAssembly { OpenAIAssembly(budget) }

  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool {
    root["choices"]?.elements.first { _ in true } != nil
  }

  var hint: ReplyHint { .openai }

  var errorRules: [BackendError.Rule] { BackendError.Rule.openai }
}
