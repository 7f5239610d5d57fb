import Testing

@testable import Configuration

/// Findings about the settings of an integration.
@Suite struct IntegrationFindingsTests {
  @Test(
    arguments: [
      ("wieght = 1", ["unknown key 'wieght' in [integration a]; did you mean 'weight'?"]),
      (
        "url = x",
        [
          "unknown key 'url' in [integration a]; write webhook_url, the whole address with its path, such as https://api.openai.com/v1/chat/completions"
        ]
      ),
      ("headers.X = y", ["unknown key 'headers.X' in [integration a]; did you mean 'header.X'?"]),
      ("header = y", ["unknown key 'header' in [integration a]; did you mean 'header.NAME'?"]),
      ("Header.X = y", ["unknown key 'Header.X' in [integration a]; did you mean 'header.X'?"]),
      ("timeout = 0s", ["timeout: 0s is too small; the minimum is 1ms"]),
      ("weight = 1000001", ["weight: 1000001 is too large; the maximum is 1000000"]),
      ("backoff = 9s", ["backoff: 9s is too large; the maximum is 8s"]),
      ("retry_after_max = -1s", ["retry_after_max: -1s is too small; the minimum is 0s"]),
      ("max_response = 2G", ["max_response: 2G is too large; the maximum is 1G"]),
      ("stream = maybe", ["stream: 'maybe' is not one of auto, yes, no"]),
      (
        "proxy = proxy:3128",
        ["proxy: the URL does not begin with http://, https://, socks5:// or socks5h://"]
      ),
      ("proxy = http://proxy", ["proxy: the URL has no port; write it, as in http://proxy:3128"]),
      ("proxy = http://[::1]", ["proxy: the URL has no port; write it, as in http://proxy:3128"]),
      ("proxy = http://u:p@", ["proxy: the URL has no port; write it, as in http://proxy:3128"]),
      ("proxy = http://", ["proxy: the URL has no port; write it, as in http://proxy:3128"]),
      ("proxy = http://:3128", ["proxy: the URL has no host"]),
      ("proxy = socks5://h:0", ["proxy: the URL's port is not a number from 1 to 65535"]),
      (
        "proxy = http://h:1/x",
        ["proxy: the URL has a path or a query, which a proxy has no use for; remove it"]
      ),
      (
        "proxy = http://a@b@h:1",
        [
          "proxy: the user or the password contains a character that must be percent-encoded, such as %40 for @"
        ]
      ),
      (
        "proxy = http://****@h:1",
        ["proxy: **** is how a secret is printed; write the secret itself"]
      ),
      (
        "breaker = 5",
        [
          "breaker: '5' is not failures/duration; write one such as 5/30s, or 0; did you mean '5/30s'?"
        ]
      ),
      ("breaker = 0/30s", ["breaker: 0/30s: the failures are not between 1 and 1000"]),
      ("breaker = 5/0s", ["breaker: 5/0s: the duration is not between 1ms and 24h"]),
      ("header. = x", ["header.: not a valid name of a header field"]),
      ("header.A B = x", ["header.A…: not a valid name of a header field"]),
      ("header.A: = x", ["header.A…: not a valid name of a header field"]),
      (
        "header.X = \"a\\nb\"",
        [
          "header.X: the value contains a line break or another control character; remove it"
        ]
      ),
      (
        "header.X = ****",
        [
          "header.X: **** is how a secret is printed; write the secret itself"
        ]
      ),
      (
        "header.content-length = 1",
        [
          "header.content-length: the field cannot be set: it is the length of the request's body"
        ]
      ),
      (
        "header.Transfer-Encoding = x",
        [
          "header.Transfer-Encoding: the field cannot be set: it says how the request's body is framed"
        ]
      ),
      (
        "header.Connection = close",
        [
          "header.Connection: the field cannot be set: the connection is Postern's to keep"
        ]
      ),
      (
        "header.Expect = 100-continue",
        [
          "header.Expect: the field cannot be set: requests are sent whole"
        ]
      ),
      (
        "header.Accept-Encoding = gzip",
        [
          "header.Accept-Encoding: the field cannot be set: replies are read uncompressed"
        ]
      ),
      (
        "param. = 1",
        ["param.: not a name: letters, digits, '_', '-' and '.', 1 to 64 of them"]
      ),
      ("param.model = 1", ["param.model: the field is set by 'model'"]),
      ("param.messages = []", ["param.messages: the field cannot be set: it is the conversation"]),
      (
        "param.x = high",
        [
          "param.x: the value is not JSON: a value was expected (byte 0); a string stands in double quotes"
        ]
      ),
      ("param.x =", ["param.x: the value is missing"]),
      (
        "param.x = \"5\"",
        [
          #"warning: param.x: the double quotes are not part of the JSON; leave them out, or write "\"…\"" for a string"#
        ]
      ),
      ("webhook_url = ftp://x/", ["webhook_url: the URL does not begin with https:// or http://"]),
      ("webhook_url = https:/x", ["webhook_url: the URL does not begin with https:// or http://"]),
      ("webhook_url = https://", ["webhook_url: the URL has no host"]),
      ("webhook_url = https:///x", ["webhook_url: the URL has no host"]),
      ("webhook_url = https://:80/", ["webhook_url: the URL has no host"]),
      ("webhook_url = https://[]/", ["webhook_url: the URL has no host"]),
      (
        "webhook_url = https://a b/",
        [
          "webhook_url: the URL contains a character that must be percent-encoded"
        ]
      ),
      (
        "webhook_url = https://bücher.example/",
        [
          "webhook_url: the URL contains a character that must be percent-encoded"
        ]
      ),
      (
        "webhook_url = \"https://a/\\n\"",
        [
          "webhook_url: the URL contains a character that must be percent-encoded"
        ]
      ),
      (
        "webhook_url = https://u:p@x/",
        [
          "webhook_url: the URL contains a user or a password; remove them: a backend's key goes into "
            + "header.NAME"
        ]
      ),
      (
        "webhook_url = https://x/#a",
        [
          "webhook_url: the URL has a fragment, which is never sent; remove it, from '#' on"
        ]
      ),
      (
        "webhook_url = https://x:0/",
        [
          "webhook_url: the URL's port is not a number from 1 to 65535"
        ]
      ),
      (
        "webhook_url = https://x:65536/",
        [
          "webhook_url: the URL's port is not a number from 1 to 65535"
        ]
      ),
      (
        "webhook_url = https://x:/", ["webhook_url: the URL's port is not a number from 1 to 65535"]
      ),
      (
        "webhook_url = https://[::1]x/",
        [
          "webhook_url: the URL's port is not a number from 1 to 65535"
        ]
      ),
      ("webhook_url = https://[::1/", ["webhook_url: the URL's host has no ']'"]),
      (
        "webhook_url = https://[1.2.3.4]/",
        [
          "webhook_url: the text in brackets is not an IPv6 address"
        ]
      ),
      ("webhook_url = https://a..b/", ["webhook_url: the URL's host is not a valid name"]),
      ("webhook_url = https://.b/", ["webhook_url: the URL's host is not a valid name"]),
      ("webhook_url = https://./", ["webhook_url: the URL's host is not a valid name"]),
      ("webhook_url = https://a%2Eb/", ["webhook_url: the URL's host is not a valid name"]),
      (
        "webhook_url = https://\(String(repeating: "a", count: 64)).b/",
        [
          "webhook_url: the URL's host is not a valid name"
        ]
      ),
      (
        "webhook_url = http://2130706433/",
        [
          "webhook_url: the URL's host looks like an IPv4 address but is not one; write four decimal numbers"
        ]
      ),
      (
        "webhook_url = http://127.1/",
        [
          "webhook_url: the URL's host looks like an IPv4 address but is not one; write four decimal numbers"
        ]
      ),
      (
        "webhook_url = http://0x7f.1.1.0x1./",
        [
          "webhook_url: the URL's host looks like an IPv4 address but is not one; write four decimal numbers"
        ]
      ),
      (
        "webhook_url = http://api.example/",
        [
          "webhook_url: http:// to 'api.example' would send messages and keys unencrypted; use https://, or set allow_http = yes"
        ]
      ),
      ("ca_file = /none", ["ca_file: /none cannot be read: No such file"]),
    ] as [(String, [String])])
  func findsInAnIntegration(key: String, lines: [String]) {
    let report = load("[integration a]\ntype = echo\n" + key)
    #expect(report.lines == lines.map { "3: " + $0 })
  }

  @Test func wantsACertificateInAnAuthoritysFile() {
    let report = load(
      "[integration a]\ntype = echo\nca_file = /ca", files: ["/ca": "root:x:0:0:root"])
    #expect(report.lines == ["3: ca_file: the file has no certificate in PEM"])
  }

  @Test func refusesAURLThatTheClientCannotRead() {
    let sources = ConfigurationSources(
      environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) },
      urlFault: { $0.count > 20 ? "too long for this test" : nil })
    let text = """
      [integration a]
      webhook_url = http://localhost/
      [integration b]
      webhook_url = http://localhost/longer
      """
    #expect(
      ConfigurationReport.load(text, sources).lines == [
        "4: webhook_url: libcurl cannot read the URL: too long for this test"
      ])
  }

  @Test func comparesHeaderNamesWithoutCaseAndParametersWithIt() {
    let text = """
      [integration a]
      type = echo
      header.X-Key = 1
      header.x-key = 2
      param.a = 1
      param.A = 2
      param.a = 3
      """
    #expect(
      load(text).lines == [
        "4: 'header.x-key' was already given at line 3", "7: 'param.a' was already given at line 5",
      ])
  }
}
