import Backends
import Bytes
import Configuration
import HTTPServer
import Testing
import TestSupport

@testable import API

@Suite struct AccessControlTests {
  // MARK: Without keys

  @Test(
    arguments: [
      ("unix", ["Host": "localhost"], true), ("127.0.0.1", ["Host": "localhost"], true),
      ("127.0.0.1", ["Host": "LocalHost:8080"], true),
      ("127.0.0.1", ["Host": "127.0.0.1:80"], true),
      ("127.0.0.1", ["Host": "127.1.2.3"], true), ("127.0.0.1", ["Host": "[::1]:8080"], true),
      ("127.0.0.1", ["Host": "[::1]"], true), ("127.0.0.1", ["Host": "localhost:"], true),
      ("127.1.2.3", ["Host": "localhost"], true),
      ("::1", ["Host": "[::1]"], true),
      // An IPv4 client of an IPv6 socket.
      ("::ffff:127.0.0.1", ["Host": "localhost"], true),
      // HTTP/1.0.
      ("127.0.0.1", [:], true),
      // Other hosts.
      ("10.0.0.1", ["Host": "localhost"], false), ("2001:db8::1", ["Host": "[::1]"], false),
      ("::ffff:10.0.0.1", ["Host": "localhost"], false), ("0.0.0.0", ["Host": "localhost"], false),
      // A web page whose own name points here.
      ("127.0.0.1", ["Host": "evil.example"], false),
      ("127.0.0.1", ["Host": "evil.example:8080"], false),
      ("127.0.0.1", ["Host": "localhost.evil.example"], false),
      ("127.0.0.1", ["Host": "127.0.0.1.evil.example"], false), ("127.0.0.1", ["Host": ""], false),
      ("127.0.0.1", ["Host": "[::1"], false), ("127.0.0.1", ["Host": "[::1]evil.example"], false),
      ("127.0.0.1", ["Host": "localhost:evil.example"], false),
      ("127.0.0.1", ["Host": "[::2]"], false), ("127.0.0.1", ["Host": "10.0.0.1"], false),
      ("127.0.0.1", ["Host": "127.1"], false), ("127.0.0.1", ["Host": "0.0.0.0"], false),
      ("127.0.0.1", ["Host": "::1"], false), ("unix", ["Host": "evil.example"], false),
      // A proxy on this machine that lets other hosts in.
      ("127.0.0.1", ["Host": "localhost", "Forwarded": "for=192.0.2.1"], false),
      ("127.0.0.1", ["Host": "localhost", "X-Forwarded-For": "192.0.2.1"], false),
      ("127.0.0.1", ["Host": "localhost", "X-Forwarded-For": ""], false),
      ("unix", ["Host": "localhost", "Forwarded": ""], false),
      ("127.0.0.1", ["Host": "localhost", "via": "1.1 proxy"], false),
      ("127.0.0.1", ["Host": "localhost", "x-REAL-ip": ""], false),
      // A browser that asks for the page that it is on, or for what its user typed.
      ("127.0.0.1", ["Host": "localhost:80", "Origin": "http://LocalHost"], true),
      ("127.0.0.1", ["Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"], true),
      ("::1", ["Host": "[::1]:8443", "Origin": "https://[0::1]:8443"], true),
      ("127.0.0.1", ["Host": "localhost", "Sec-Fetch-Site": "same-origin"], true),
      ("127.0.0.1", ["Host": "localhost", "Sec-Fetch-Site": "none"], true),
      // A browser that asks for another site's page.
      ("127.0.0.1", ["Host": "localhost", "Origin": "http://evil.example"], false),
      ("127.0.0.1", ["Host": "localhost", "Origin": "null"], false),
      ("127.0.0.1", ["Host": "localhost", "Origin": ""], false),
      ("127.0.0.1", ["Host": "localhost:8080", "Origin": "http://localhost:3000"], false),
      ("127.0.0.1", ["Host": "localhost", "Origin": "http://localhost.evil.example"], false),
      ("127.0.0.1", ["Host": "localhost", "Origin": "http://localhost@evil.example"], false),
      ("127.0.0.1", ["Host": "localhost", "Origin": "chrome-extension://localhost"], false),
      ("127.0.0.1", ["Host": "127.0.0.1", "Origin": "http://localhost"], false),
      ("127.0.0.1", ["Origin": "http://localhost"], false),
      ("127.0.0.1", ["Host": "localhost", "Sec-Fetch-Site": "cross-site"], false),
      ("127.0.0.1", ["Host": "localhost", "Sec-Fetch-Site": "same-site"], false),
      ("unix", ["Host": "localhost", "Sec-Fetch-Site": "cross-site"], false),
      // HTTP/1.0: nginx without settings, and clients.
      ("HTTP/1.0 127.0.0.1", ["Host": "127.0.0.1:8080", "Connection": "close"], false),
      ("HTTP/1.0 unix", ["Host": "localhost", "Connection": "Close"], false),
      ("HTTP/1.0 127.0.0.1", ["Host": "127.0.0.1:8080"], true),
      ("HTTP/1.0 127.0.0.1", ["Connection": "close"], true),
      ("HTTP/1.0 127.0.0.1", ["Host": "127.0.0.1", "Connection": "Keep-Alive"], true),
      ("127.0.0.1", ["Host": "127.0.0.1:8080", "Connection": "close"], true),
    ] as [(String, [String: String], Bool)])
  func servesThisMachineAlone(peer: String, fields: [String: String], isServed: Bool) {
    let access = AccessControl(keys: [])
    for scope in [nil, .chat, .admin] as [Scopes?] {
      let error = refusal(access, peer, fields, scope, nil)
      // What needs no key is for web pages of all sites.
      let isOfBrowser = fields["Origin"] != nil || fields["Sec-Fetch-Site"] != nil
      let isWelcome = isServed || scope == nil && isOfBrowser
      #expect(error?.brief == (isWelcome ? nil : "403 permission_error keys_required"))
    }
  }

  @Test(arguments: [
    ("Forwarded", true), ("forwarded-for", true), ("Via", true), ("X-Forwarded-For", true),
    ("X-Forwarded-Proto", true), ("X-Forwarded", true), ("X-Forward-For", true),
    ("X-Real-IP", true), ("CF-Connecting-IP", true), ("CF-Ray", true), ("True-Client-IP", true),
    ("X-Client-IP", true), ("X-Cluster-Client-IP", true), ("Fastly-Client-IP", true),
    ("X-Original-Forwarded-For", true), ("X-Original-URL", true),
    ("X-Envoy-External-Address", true),
    ("Fly-Client-IP", true), ("X-Azure-ClientIP", true), ("WL-Proxy-Client-IP", true),
    ("CDN-Loop", true), ("X-Amzn-Trace-Id", true), ("Tailscale-User-Login", true),
    ("Host", false), ("Accept", false), ("User-Agent", false), ("Connection", false),
    ("Content-Type", false), ("X-Request-Id", false), ("X-Stainless-Lang", false),
    ("x-api-key", false), ("anthropic-version", false), ("OpenAI-Organization", false),
    ("traceparent", false), ("X-Conversation-Id", false), ("Idempotency-Key", false),
    ("X-Title", false), ("HTTP-Referer", false), ("Viable", false), ("CFO", false), ("", false),
  ])
  func knowsTheFieldsOfProxies(name: String, isOfProxy: Bool) {
    #expect(ProxyFields.contains(bytes(name).span) == isOfProxy)
  }

  // MARK: With keys

  /// The digest is that of the salt, 16 bytes of 0x61, and `digested-key-0001`.
  private static let keys = Result {
    try configuration(
      """
      [key plain]
      secret = plain-key-000000001
      scopes = chat
      [key digested]
      secret = sha256:61616161616161616161616161616161:\
      c43edc226b049c5b355b53424d491c1a3f4a9d505cd7dd96c1b75c6cc9279725
      scopes = admin
      [key reader]
      secret = reader-key-00000001
      scopes = read, write
      [key limited]
      secret = limited-key-0000001
      scopes = chat
      bots = one
      [bot one]
      [bot two]
      """
    ).keys
  }

  @Test(
    arguments: [
      (["Authorization": "Bearer plain-key-000000001"], nil),
      (["Authorization": "bEARER   plain-key-000000001 "], nil),
      (["x-api-key": "plain-key-000000001"], nil), (["api-key": "plain-key-000000001"], nil),
      (["api-key": "wrong"], "401"), (["x-api-key": "w", "api-key": "plain-key-000000001"], "401"),
      (["x-api-key": String(repeating: "x", count: 8000)], "401"),
      (["Authorization": "Bearer digested-key-0001"], nil),
      (["Authorization": "Basic dXNlcg==", "x-api-key": "plain-key-000000001"], nil),
      ([:], "401"), (["Authorization": ""], "401"), (["Authorization": "Bearer"], "401"),
      (["Authorization": "Bearer "], "401"), (["x-api-key": ""], "401"),
      (["Authorization": "plain-key-000000001"], "401"),
      (["Authorization": "Bearerplain-key-000000001"], "401"),
      (["Authorization": "Bearer plain-key-000000002"], "401"),
      (["Authorization": "Bearer plain-key-00000000"], "401"),
      (["Authorization": "Bearer plain-key-0000000011"], "401"),
      (["Authorization": "Bearer PLAIN-KEY-000000001"], "401"),
      (["Authorization": "Bearer plain-key-000000001, x"], "401"),
      // The digest itself is not a key.
      (
        [
          "Authorization":
            "Bearer sha256:61616161616161616161616161616161:c43edc226b049c5b355b53424d491c1a3f4a9d505cd7dd96c1b75c6cc9279725"
        ], "401"
      ),
      // Another field does not correct a wrong key.
      (["Authorization": "Bearer wrong", "x-api-key": "plain-key-000000001"], "401"),
      (["Authorization": "Bearer reader-key-00000001"], "403"),
      (["Authorization": "Bearer limited-key-0000001"], "403"),
    ] as [([String: String], String?)])
  func asksForAKey(fields: [String: String], refused: String?) throws {
    let access = AccessControl(keys: try Self.keys.get())
    let error = refusal(access, "unix", fields, .chat, bytes("two"))
    switch refused {
    case "401":
      #expect(error?.brief == "401 authentication_error invalid_key")
      #expect(error?.field("WWW-Authenticate") == "Bearer")
    case "403": #expect(error?.brief == "403 permission_error insufficient_scope")
    default: #expect(error == nil)
    }
  }

  @Test(
    arguments: [
      ("plain-key-000000001", .chat, true), ("plain-key-000000001", .read, false),
      ("plain-key-000000001", .write, false), ("plain-key-000000001", .admin, false),
      ("digested-key-0001", .chat, true), ("digested-key-0001", .read, true),
      ("digested-key-0001", .write, true), ("digested-key-0001", .admin, true),
      ("reader-key-00000001", .read, true), ("reader-key-00000001", .write, true),
      ("reader-key-00000001", .admin, false),
    ] as [(String, Scopes, Bool)])
  func allowsWhatTheKeyIsFor(key: String, scope: Scopes, isAllowed: Bool) throws {
    let access = AccessControl(keys: try Self.keys.get())
    let error = refusal(access, "unix", ["x-api-key": key], scope, nil)
    #expect(error?.brief == (isAllowed ? nil : "403 permission_error insufficient_scope"))
  }

  @Test func keepsAKeyToItsBots() throws {
    let access = AccessControl(keys: try Self.keys.get())
    let fields = ["x-api-key": "limited-key-0000001"]
    #expect(refusal(access, "unix", fields, .chat, bytes("one")) == nil)
    #expect(refusal(access, "unix", fields, .chat, bytes("two")) != nil)
    #expect(refusal(access, "unix", fields, .chat, bytes("stranger")) != nil)
  }

  /// With keys, the client's address does not matter, and an endpoint without a scope needs no key.
  @Test func asksAnAdministratorForNothing() throws {
    for text in ["", "[key ops]\nsecret = ops-key-00000000001\nscopes = chat"] {
      let access = AccessControl(keys: try configuration(text).keys)
      let request = FakeRequest("control", ["Host": "anything", "x-api-key": "wrong"])
      #expect(try access.admit(request, scope: .admin)?.id == nil)
      #expect(access.mayReadAll(request))
    }
  }

  @Test func asksForNoKeyWhereNoScopeIsNeeded() throws {
    let access = AccessControl(keys: try Self.keys.get())
    let peer = "8.8.8.8"
    #expect(refusal(access, peer, ["Host": "evil.example"], nil, nil) == nil)
    #expect(
      refusal(
        access, peer, ["Host": "gate.example", "x-api-key": "plain-key-000000001"], .chat, nil)
        == nil)
    #expect(refusal(access, "127.0.0.1", ["Host": "localhost"], .chat, nil)?.status == 401)
  }

  private func refusal(
    _ access: AccessControl, _ peer: String, _ fields: [String: String], _ scope: Scopes?,
    _ bot: [UInt8]?
  ) -> APIError? {
    do throws(APIError) {
      let key = try access.admit(FakeRequest(peer, fields), scope: scope)
      if let bot { try key.checkReaches(bot) }
      return nil
    } catch {
      return error
    }
  }
}

/// A request as far as access depends on it. `HTTP/1.0 ` before the peer's address says that of the client.
private final class FakeRequest: AccessRequest {
  let peer: Peer
  let isHTTP10: Bool
  private let fields: [String: String]

  init(_ peer: String, _ fields: [String: String]) {
    isHTTP10 = peer.hasPrefix("HTTP/1.0 ")
    let address = isHTTP10 ? String(peer.dropFirst(9)) : peer
    self.peer =
      IPAddress(text: bytes(address).span).map(Peer.host)
      ?? (address == "control" ? .administrator : .unixSocket)
    self.fields = fields
  }

  var host: Authority? { field("Host").flatMap { try? Authority($0.span) } }

  func field(_ name: StaticString) -> [UInt8]? { fields["\(name)"].map(bytes) }

  func hasField(where matches: (Span<UInt8>) -> Bool) -> Bool {
    fields.keys.contains { matches(bytes($0).span) }
  }
}
