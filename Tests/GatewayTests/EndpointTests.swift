import Testing

@testable import Gateway
@testable import HTTPServer

@Suite struct EndpointTests {
  @Test(
    arguments: [
      (.post, "/v1/bots/support/messages", "sendMessage support"),
      (.post, "/v1/bots/support/messages?x=1", "sendMessage support"),
      (.post, "http://host/v1/bots/support/messages", "sendMessage support"),
      (.get, "/healthz", "health"), (.head, "/healthz", "health"), (.get, "/readyz", "readiness"),
      (.head, "/readyz", "readiness"), (.get, "/healthz?verbose", "health"),
      // The other methods of a path.
      (.get, "/v1/bots/support/messages", "405 POST"), (.head, "/v1/bots/b/messages", "405 POST"),
      (.delete, "/v1/bots/b/messages", "405 POST"), (.options, "/v1/bots/b/messages", "405 POST"),
      (.other, "/v1/bots/b/messages", "405 POST"), (.post, "/healthz", "405 GET, HEAD"),
      (.put, "/readyz", "405 GET, HEAD"), (.other, "/readyz", "405 GET, HEAD"),
      // What stands for a segment in braces is decoded, and an encoded slash stays within it.
      (.post, "/v1/bots/s%75pport/messages", "sendMessage support"),
      (.post, "/v1/bots/a%2Fb/messages", "sendMessage a/b"),
      (.post, "/v1/bots/%7Bbot%7D/messages", "sendMessage {bot}"),
      (.post, "/v1%2Fbots/support/messages", "404"), (.post, "/v1/bots/a/b/messages", "404"),
      (.get, "/%68ealthz", "health"),
      // A slash too many or too few is another path; so is another case.
      (.get, "/healthz/", "404"), (.get, "//healthz", "404"), (.get, "/", "404"),
      (.get, "*", "404"),
      (.get, "/health", "404"), (.get, "/healthzz", "404"), (.get, "/HEALTHZ", "404"),
      (.post, "/v1/bots/support/messages/", "404"), (.post, "/v1/bots/support", "404"),
      (.post, "/v1/bots/support/", "404"), (.post, "/v1/bots//support/messages", "404"),
      (.post, "/v1/bots//messages", "sendMessage "), (.post, "/v1/bots/support/messages/1", "404"),
      (.post, "/v1/bots", "404"), (.get, "/{bot}", "404"),
    ] as [(Method, String, String)])
  func finds(method: Method, target: String, found: String) throws {
    let target = try #require(Self.target(target))
    let result =
      switch Endpoint.match(method, target) {
      case .found(let endpoint, let parameters):
        (["\(endpoint.operation)"] + parameters.map(text)).joined(separator: " ")
      case .otherMethods(let allowed): "405 " + text(allowed)
      case .unknown: "404"
      }
    #expect(result == found)
  }

  /// What asks for nothing is safe to give to anybody who can connect.
  @Test func asksForAKeyExceptForHealth() {
    for endpoint in Endpoint.all {
      switch endpoint.operation {
      case .health, .readiness: #expect(endpoint.scope == nil)
      case .sendMessage: #expect(endpoint.scope == .chat)
      }
    }
  }

  private static func target(_ text: String) -> Target? { Target(bytes(text).span) }
}
