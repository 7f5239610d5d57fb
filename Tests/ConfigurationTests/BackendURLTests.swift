import Testing

@testable import Configuration

@Suite struct BackendURLTests {
  @Test(arguments: [
    (
      "https://api.openai.com/v1/chat/completions", true, "api.openai.com", 443,
      "/v1/chat/completions"
    ),
    ("http://localhost", false, "localhost", 80, ""),
    ("HTTP://A:8080?x=y", false, "A", 8080, "?x=y"),
    ("https://[2001:db8::1]:444/a?b/c", true, "2001:db8::1", 444, "/a?b/c"),
    ("https://[::1]", true, "::1", 443, ""), ("http://127.0.0.1:1/", false, "127.0.0.1", 1, "/"),
    ("https://a_b.c-d.example./x%20y", true, "a_b.c-d.example.", 443, "/x%20y"),
    ("https://x:00443/", true, "x", 443, "/"), ("https://1e100.net/", true, "1e100.net", 443, "/"),
    (
      "https://xn--bcher-kva.example/:@!$&'()*+,;=~[]/", true, "xn--bcher-kva.example", 443,
      "/:@!$&'()*+,;=~[]/"
    ),
  ])
  func takesURLsApart(text: String, isSecure: Bool, host: String, port: UInt16, rest: String) throws
  {
    let url = try BackendURL(WrittenValue(bytes: Array(text.utf8), isDerived: false))
    #expect(url.isSecure == isSecure)
    #expect(url.host == Array(host.utf8))
    #expect(url.port == port)
    #expect(Array(url.text[url.pathStart...]) == Array(rest.utf8))
  }

  @Test(arguments: [
    ("http://a/b", []), ("http://a?", []), ("http://a/?key=x", ["x"]),
    ("http://a/?b=1&key=x=y&z&", ["1", "x=y", "z"]),
  ])
  func findsTheValuesOfAQuery(text: String, values: [String]) throws {
    let url = try BackendURL(WrittenValue(bytes: Array(text.utf8), isDerived: false))
    #expect(url.queryValues.map { String(decoding: $0, as: UTF8.self) } == values)
  }

  @Test(arguments: [
    ("localhost", true), ("LOCALHOST", true), ("ollama", true), ("ollama.", true),
    ("a.local", true),
    ("a.b.LAN", true), ("a.internal.", true), ("x.home.arpa", true), ("127.9.9.9", true),
    ("10.1.2.3", true), ("192.168.0.1", true), ("172.20.0.1", true), ("[::1]", true),
    ("[fd00::1]", true), ("[fe80::1]", true), ("0.0.0.0", true), ("[::ffff:10.0.0.1]", true),
    ("example.com", false), ("a.localx", false), ("alocal.example", false), ("home.arpa", false),
    ("lan.example", false), ("8.8.8.8", false), ("[2001:db8::1]", false), ("a.localhost", false),
    ("172.32.0.1", false), ("100.64.0.1", false), ("[::ffff:8.8.8.8]", false),
  ])
  func knowsWhatIsNearby(host: String, isNearby: Bool) {
    for (scheme, allow, isValid) in [
      ("http", "no", isNearby), ("http", "yes", true), ("https", "no", true),
    ] {
      let report = load(
        "[integration a]\nwebhook_url = \(scheme)://\(host)/\nallow_http = \(allow)")
      #expect((report.configuration != nil) == isValid, "\(scheme) \(allow)")
    }
  }
}
