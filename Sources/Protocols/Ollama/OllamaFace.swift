import Bytes
import JSON

/// Ollama's interface, as clients speak it. Requests are read in the words of Chat Completions.
final class OllamaFace: FaceRules {
  static let shared = OllamaFace()

  func user(of request: JSONValue) -> JSONValue? { nil }

  /// Its streams always end with the usage.
  func asksForUsage(_ request: JSONValue) -> Bool { false }

  var hasSystemField: Bool { false }

  func holdsToolResults(_ content: JSONValue) -> Bool { false }

  func keptContent(_ content: JSONValue) -> JSONValue { content }

  func writer(_ terms: AnswerTerms) -> any AnswerWriter { OllamaWriter(terms) }

  func body(of error: FaceError) -> [UInt8] { error.ollamaBody }
}

extension FaceError {
  /// The body of an error response: `{"error": "message"}`.
  var ollamaBody: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("error", string: message.bytes)
    writer.endObject()
    return writer.finish()
  }
}
