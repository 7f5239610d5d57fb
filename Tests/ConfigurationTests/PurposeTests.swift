import Protocols
import Testing

@testable import Configuration

/// What an integration serves, and where.
@Suite struct PurposeTests {
  @Test(
    arguments: [
      (
        "https://a.example/v1/chat/completions", .embeddings, false,
        "https://a.example/v1/embeddings"
      ),
      (
        "https://a.example/v1/chat/completions/", .completions, false,
        "https://a.example/v1/completions"
      ),
      (
        "https://a.example/v1/chat/completions", .chat, false,
        "https://a.example/v1/chat/completions"
      ),
      (
        "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1&b=/v1/embeddings",
        .embeddings, false,
        "https://x.openai.azure.com/openai/deployments/d/embeddings?api-version=1&b=/v1/embeddings"
      ),
      ("https://a.example/v1/embeddings", .embeddings, true, "https://a.example/v1/embeddings"),
      ("https://a.example/v1/embeddings", .moderations, false, "https://a.example/v1/moderations"),
      ("https://a.example/v1/completions", .embeddings, false, "https://a.example/v1/embeddings"),
      ("https://a.example/v1/", .embeddings, false, "https://a.example/v1/embeddings"),
      ("https://a.example", .embeddings, false, "https://a.example/embeddings"),
      ("https://a.example/own/path", .embeddings, true, "https://a.example/own/path"),
      (
        "https://a.example/v1/chat/completions", .transcription, false,
        "https://a.example/v1/audio/transcriptions"
      ),
      (
        "https://a.example/v1/audio/speech", .translation, false,
        "https://a.example/v1/audio/translations"
      ),
      ("https://a.example?x", .embeddings, false, "https://a.example/embeddings?x"),
    ] as [(String, Purpose, Bool, String)])
  func isBesideTheOthers(url: String, purpose: Purpose, isOnly: Bool, expected: String) throws {
    let url = try BackendURL(WrittenValue(bytes: Array(url.utf8), isDerived: false))
    #expect(String(decoding: url.text(for: purpose, isOnly: isOnly), as: UTF8.self) == expected)
  }

  @Test(
    arguments: [
      ("type = openai", "chat", []),
      ("type = openai", "embeddings, chat,moderations", []),
      (
        "type = openai", "embedding",
        [
          "5: serves: 'embedding' is not one of chat, embeddings, completions, moderations, transcription, speech"
        ]
      ),
      (
        "type = openai", "chat,", ["5: serves: a part of the list is empty; remove the extra comma"]
      ),
      (
        "type = custom", "chat, embeddings",
        ["5: serves: only integrations with type = openai serve more than chat"]
      ),
      (
        "type = anthropic", "completions",
        ["5: serves: only integrations with type = openai serve more than chat"]
      ),
    ] as [(String, String, [String])])
  func isChecked(type: String, value: String, expected: [String]) {
    let url =
      type.hasSuffix("anthropic")
      ? "/v1/messages" : type.hasSuffix("custom") ? "/m" : "/v1/chat/completions"
    let text = """
      [integration a]
      \(type)
      webhook_url = http://127.0.0.1:9\(url)
      \(type.hasSuffix("custom") ? "retries = 1" : "model = m")
      serves = \(value)
      """
    #expect(load(text).lines == expected)
  }

  /// The address of what it serves is not doubtful.
  @Test func theAddressOfEmbeddingsIsNoMistake() {
    let text = """
      [integration a]
      type = openai
      webhook_url = http://127.0.0.1:9/v1/embeddings
      model = m
      serves = embeddings
      """
    #expect(load(text).lines == [])
  }
}
