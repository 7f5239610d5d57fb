import Bytes
import JSON

/// OpenAI's Chat Completions, as clients speak them.
final class OpenAIFace: FaceRules {
  static let shared = OpenAIFace()

  /// `safety_identifier` is the newer name.
  func user(of request: JSONValue) -> JSONValue? {
    request["user"].present ?? request["safety_identifier"]
  }

  func asksForUsage(_ request: JSONValue) -> Bool {
    request["stream_options"]?["include_usage"]?.boolean == true
  }

  var hasSystemField: Bool { false }

  /// Results of tools are messages of their own.
  func holdsToolResults(_ content: JSONValue) -> Bool { false }

  func keptContent(_ content: JSONValue) -> JSONValue { content }

  func writer(_ terms: AnswerTerms) -> any AnswerWriter {
    terms.purpose == .chat ? OpenAIWriter(terms) : PassedWriter(.openai)
  }

  func body(of error: FaceError) -> [UInt8] { error.openAIBody }
}
