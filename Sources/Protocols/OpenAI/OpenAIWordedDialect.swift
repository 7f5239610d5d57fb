import Bytes
import JSON

/// A dialect whose messages are OpenAI's, the words that the context keeps.
protocol OpenAIWordedDialect: DialectRules {}

extension OpenAIWordedDialect {
  var fields: [DefaultField] { [] }

  var standardMaxTokens: Int? { nil }

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

  func fieldRules(from face: Face) -> [FieldRule]? {
    switch face {
    case .native, .openai, .responses, .ollama: nil
    case .anthropic: FieldRule.fromAnthropic
    }
  }

  func adjust(_ fields: inout ChatFields) throws(TranslationFault) {
    guard fields.chat.face == .responses || fields.chat.face == .ollama else { return }
    try ResponsesFields.adjust(&fields)
  }

  var systemField: StaticString? { nil }

  func system(of chat: ChatRequest, after system: [UInt8]?) -> [UInt8]? { nil }
}
