import Backends
import Configuration
import Testing
import TestSupport

@testable import API
@testable import HTTPServer

@Suite struct EndpointTests {
  @Test(
    arguments: [
      (.post, "/v1/bots/support/messages", "sendMessage support"),
      (.post, "/v1/bots/support/messages?x=1", "sendMessage support"),
      (.post, "http://host/v1/bots/support/messages", "sendMessage support"),
      (.get, "/healthz", "health"), (.head, "/healthz", "health"), (.get, "/readyz", "readiness"),
      (.head, "/readyz", "readiness"), (.get, "/healthz?verbose", "health"),
      (.post, "/v1/chat/completions", "createChatCompletion"),
      (.post, "/v1/messages", "createMessage"),
      (.post, "/v1/messages/count_tokens", "countTokens"),
      (.get, "/v1/messages/count_tokens", "405 POST"),
      (.get, "/v1/messages/msg_1", "readMessage msg_1"),
      (.post, "/v1/messages/msg_1", "405 GET, HEAD, DELETE"),
      (.post, "/v1/embeddings", "createEmbeddings"),
      (.post, "/v1/audio/speech", "createSpeech"),
      (.post, "/v1/completions", "createCompletion"),
      (.post, "/v1/moderations", "createModeration"),
      (.get, "/v1/models", "listModels"), (.get, "/v1/models/b", "showModel b"),
      (.get, "/v1/models/b%2Fi", "showModel b/i"), (.get, "/v1/models/b/i", "showPinnedModel b i"),
      (.get, "/v1/chat/completions", "405 POST"), (.get, "/v1/messages", "405 POST"),
      // The other methods of a path.
      (.get, "/v1/bots/support/messages", "405 POST"), (.head, "/v1/bots/b/messages", "405 POST"),
      (.delete, "/v1/bots/b/messages", "405 POST"), (.options, "/v1/bots/b/messages", "405 POST"),
      (.other, "/v1/bots/b/messages", "405 POST"), (.post, "/healthz", "405 GET, HEAD"),
      (.put, "/readyz", "405 GET, HEAD"), (.other, "/readyz", "405 GET, HEAD"),
      // The value of a segment in braces is decoded, and an encoded slash stays inside it.
      (.post, "/v1/bots/s%75pport/messages", "sendMessage support"),
      (.post, "/v1/bots/a%2Fb/messages", "sendMessage a/b"),
      (.post, "/v1/bots/%7Bbot%7D/messages", "sendMessage {bot}"),
      (.post, "/v1%2Fbots/support/messages", "404"), (.post, "/v1/bots/a/b/messages", "404"),
      (.get, "/%68ealthz", "health"),
      // A slash too many or too few is another path, and so is another case.
      (.get, "/healthz/", "404"), (.get, "//healthz", "404"), (.get, "//", "404"),
      (.get, "/", "console"), (.post, "/", "405 GET, HEAD"), (.get, "/console", "404"),
      (.get, "/console/", "consoleFile "), (.get, "/console/main.js", "consoleFile main.js"),
      (.get, "/console/a/b", "404"), (.get, "/v1/configuration/preview", "405 POST"),
      (.get, "/health", "404"), (.get, "/healthzz", "404"), (.get, "/HEALTHZ", "404"),
      (.post, "/v1/bots/support/messages/", "404"),
      (.post, "/v1/bots/support", "405 GET, HEAD, PATCH, DELETE"),
      (.post, "/v1/bots/support/", "404"), (.post, "/v1/bots//support/messages", "404"),
      (.post, "/v1/bots//messages", "sendMessage "), (.post, "/v1/bots/support/messages/1", "404"),
      (.get, "/{bot}", "404"), (.get, "/openapi.json", "openapi"),
      (.get, "/v1/bots", "listBots"), (.post, "/v1/bots", "createBot"),
      (.put, "/v1/bots", "405 GET, HEAD, POST"),
      (.get, "/v1/bots/b", "readBot b"), (.patch, "/v1/bots/b", "patchBot b"),
      (.delete, "/v1/bots/b", "deleteBot b"),
      (.get, "/v1/bots/b/integrations", "listIntegrations b"),
      (.post, "/v1/bots/b/integrations", "createIntegration b"),
      (.get, "/v1/bots/b/conversations", "listConversations b"),
      (.delete, "/v1/bots/b/conversations?user=u", "deleteConversations b"),
      (.get, "/v1/integrations", "listAllIntegrations"),
      (.get, "/v1/integrations/i", "readIntegration i"),
      (.patch, "/v1/integrations/i", "patchIntegration i"),
      (.delete, "/v1/integrations/i", "deleteIntegration i"),
      (.post, "/v1/integrations/i/test", "testIntegration i"),
      (.get, "/v1/integrations/i/preview", "previewIntegration i"),
      (.get, "/v1/conversations/c", "readConversation c"),
      (.delete, "/v1/conversations/c", "deleteConversation c"),
      (.get, "/v1/conversations/c/messages", "listMessages c"),
      (.get, "/v1/stats", "listStatistics"), (.get, "/metrics", "metrics"),
      (.post, "/metrics", "405 GET, HEAD"), (.get, "/v1/stats/gpt", "404"),
    ] as [(Method, String, String)])
  func finds(method: Method, target: String, found: String) throws {
    let path = try #require(Self.path(target))
    let result =
      switch Endpoint.match(method, path) {
      case .found(let place): Self.describe(Endpoint.all[place], path)
      case .otherMethods(let allowed): "405 " + text(allowed)
      case .unknown: "404"
      }
    #expect(result == found)
  }

  /// What a 404 suggests.
  @Test(
    arguments: [
      ("/chat/completions", "/v1/chat/completions"), ("/models", "/v1/models"),
      ("/v1/messages/", "/v1/messages"), ("/bots/b/messages/", "/v1/bots/{bot}/messages"),
      ("/v1/bot/b/messages", "/v1/bots/{bot}/messages"), ("/health", "/healthz"),
      ("/v1/bots/b/message", "/v1/bots/{bot}/messages"), ("/v2/stats", "/v1/stats"),
      ("/V1/Models", "/v1/models"), ("/v1/chat/completion", "/v1/chat/completions"),
      // A base address that has the version already, or ends in a slash, or is another vendor's.
      ("/v1/v1/messages", "/v1/messages"), ("//v1/chat/completions", "/v1/chat/completions"),
      ("/openai/v1/models", "/v1/models"), ("/api/openai/v1/embeddings", "/v1/embeddings"),
      ("/", nil), ("//", nil), ("/favicon.ico", nil), ("/a/b/c/v1/models", nil),
      ("/v1/bots//x/y", nil), ("/a/b/c", nil),
      ("/1/2/3/4/5/6/7/8/9", nil), ("/" + String(repeating: "v", count: 8000), nil), ("*", nil),
    ] as [(String, String?)])
  func suggests(unknown: String, near: String?) throws {
    let found = Endpoint.nearPath(to: try #require(Self.path(unknown)), withOllama: false)
    #expect(found.map { "\($0)" } == near)
  }

  @Test func suggestsOllamaIfItIsOn() throws {
    let path = try #require(Self.path("/api/chats"))
    let near = Endpoint.nearPath(to: path, withOllama: true).map { "\($0)" }
    #expect(near == "/api/chat")
    #expect(Endpoint.nearPath(to: path, withOllama: false) == nil)
  }

  private static func path(_ text: String) -> PathSegments? { Target(bytes(text).span)?.segments }

  /// The endpoint's name, and the value of each segment in braces.
  private static func describe(_ endpoint: Endpoint, _ path: PathSegments) -> String {
    let count = "\(endpoint.path.text)".count { $0 == "{" }
    let parameters = (0..<count).map { text(path[endpoint.path.segment(ofParameter: $0)].copied) }
    return (["\(endpoint.name)"] + parameters).joined(separator: " ")
  }

  /// Which scope each endpoint needs and what it does with a body. An endpoint that is missing here has been added
  /// without a thought for who may use it.
  @Test func needsTheScopeOfTheTable() {
    let expected = """
      sendMessage chat json
      createChatCompletion chat json
      createMessage chat json
      createResponse chat json
      chatAsOllama chat json
      listOutbox read unread
      readOutbox read unread
      retryOutbox write ignored
      deleteOutbox write ignored
      postToChannel none json
      listBots read unread
      createBot write json
      readBot read unread
      patchBot write json
      deleteBot write ignored
      listIntegrations read unread
      createIntegration write json
      listConversations read unread
      deleteConversations write ignored
      listAllIntegrations read unread
      readIntegration read unread
      patchIntegration write json
      deleteIntegration write ignored
      testIntegration write optionalJSON
      previewIntegration read unread
      previewConfiguration write json
      readConversation read unread
      deleteConversation write ignored
      listMessages read unread
      countTokens chat json
      readMessage chat ignored
      deleteMessage chat ignored
      createEmbeddings chat json
      createCompletion chat json
      createModeration chat json
      createSpeech chat json
      createTranscription chat form
      createTranslation chat form
      readResponse chat unread
      deleteResponse chat ignored
      listResponseInput chat unread
      generateAsOllama chat json
      listModelsAsOllama chat unread
      listLoadedAsOllama chat unread
      showModelAsOllama chat json
      versionAsOllama chat unread
      listModels chat unread
      showModel chat unread
      showPinnedModel chat unread
      listExchanges read ignored
      readExchange read unread
      listStatistics read unread
      readStatus read unread
      reload admin ignored
      metrics read unread
      health none unread
      readiness none unread
      openapi none unread
      console none unread
      consoleFile none unread
      """
    let rows = Endpoint.all.map { endpoint in
      "\(endpoint.name) \(Self.name(of: endpoint.scope)) \(endpoint.body)"
    }
    #expect(rows == expected.split(separator: "\n").map(String.init))
  }

  @Test func namesAndPathsAreUnique() {
    #expect(Set(Endpoint.all.map { "\($0.name)" }).count == Endpoint.all.count)
    #expect(Set(Endpoint.all.map { "\($0.method) \($0.path.text)" }).count == Endpoint.all.count)
  }

  private static func name(of scope: Scopes?) -> String {
    guard let scope else { return "none" }
    return scope.word.map { "\($0)" } ?? "several scopes"
  }
}
