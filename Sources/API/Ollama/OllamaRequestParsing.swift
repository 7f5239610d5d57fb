import Bytes
import HTTPServer
import JSON
import Protocols

extension ChatRequest {
  /// Reads a request of Ollama's clients.
  convenience init(ofOllama request: JSONValue, for purpose: Purpose) throws(APIError) {
    do throws(TranslationFault) {
      try self.init(ollama: request, for: purpose)
    } catch {
      throw APIError(malformed: error)
    }
  }
}

extension Response {
  /// The answer to a request of Ollama's clients to load a model.
  static func ollamaLoading(_ terms: AnswerTerms, _ body: [UInt8]) -> Response {
    // It has been read before.
    let request = try? JSONValue.object(in: body)
    return Response(
      status: 200, contentType: "application/json",
      body: request.map { OllamaLoading.body(terms, for: $0) } ?? [])
  }
}
