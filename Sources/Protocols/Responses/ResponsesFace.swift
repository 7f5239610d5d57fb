import Bytes
import JSON

/// OpenAI's Responses, as clients speak them. Requests are read in the words of Chat Completions.
final class ResponsesFace: FaceRules {
  static let shared = ResponsesFace()

  func user(of request: JSONValue) -> JSONValue? { OpenAIFace.shared.user(of: request) }

  /// Its streams always end with the usage.
  func asksForUsage(_ request: JSONValue) -> Bool { false }

  var hasSystemField: Bool { false }

  func holdsToolResults(_ content: JSONValue) -> Bool { false }

  func keptContent(_ content: JSONValue) -> JSONValue { content }

  func writer(_ terms: AnswerTerms) -> any AnswerWriter { ResponsesWriter(terms) }

  func body(of error: FaceError) -> [UInt8] { error.openAIBody }
}
