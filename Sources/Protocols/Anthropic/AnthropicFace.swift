import Bytes
import JSON

/// Anthropic's Messages, as clients speak them.
final class AnthropicFace: FaceRules {
  static let shared = AnthropicFace()

  func user(of request: JSONValue) -> JSONValue? { request["metadata"]?["user_id"] }

  /// Its streams always end with the usage, in an event that they have anyway.
  func asksForUsage(_ request: JSONValue) -> Bool { false }

  var hasSystemField: Bool { true }

  func holdsToolResults(_ content: JSONValue) -> Bool {
    for block in content.elements where block.member("type", is: "tool_result") { return true }
    return false
  }

  func keptContent(_ content: JSONValue) throws(TranslationFault) -> JSONValue {
    guard content.kind == .array else { return content }
    let translated = try OpenAIContent(ofBlocks: content).json
    return (try? JSONDocument(translated))?.root ?? content
  }

  func writer(_ terms: AnswerTerms) -> any AnswerWriter {
    terms.purpose == .chat ? AnthropicWriter(terms) : PassedWriter(.anthropic)
  }

  func body(of error: FaceError) -> [UInt8] { error.anthropicBody }
}
