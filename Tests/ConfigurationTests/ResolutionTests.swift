import Testing

@testable import Configuration

/// What a file implies, and what only the whole file shows.
@Suite struct ResolutionTests {
  /// `id bot name type` of each integration.
  private func integrations(_ text: String) throws -> [String] {
    let report = load(text)
    #expect(report.lines == [])
    return try #require(report.configuration).integrations.map {
      let texts = [$0.id, $0.bot, $0.name].map { String(decoding: $0, as: UTF8.self) }
      return texts.joined(separator: " ") + " " + ($0.kind.dialect.map { "\($0)" } ?? "echo")
    }
  }

  @Test(
    arguments: [
      ("", ["echo default echo echo"]),
      ("[bot a]", ["echo a echo echo"]),
      (
        "[bot a]\n[bot b]\n[bot c]",
        [
          "echo a echo echo", "echo-b b echo echo", "echo-c c echo echo",
        ]
      ),
      (
        "[bot a]\n[bot b]\n[integration echo]\nbot = b\ntype = echo",
        [
          "echo b echo echo", "echo-a a echo echo",
        ]
      ),
      (
        "[bot a]\n[bot b]\n[integration echo]\nbot = b\ntype = echo\n[integration echo-a]\nbot = b\ntype = echo",
        ["echo b echo echo", "echo-a b echo-a echo", "echo-a-2 a echo echo"]
      ),
      ("[integration x]\ntype = echo", ["x default x echo"]),
      ("[integration x]\nbot = default\ntype = echo", ["x default x echo"]),
      ("[integration x]\ntype = echo\nname = The X\n[bot a]\nname = The A", ["x a The X echo"]),
    ] as [(String, [String])])
  func implies(text: String, expected: [String]) throws {
    #expect(try integrations(text) == expected)
  }

  @Test func impliedNamesFitThemselves() throws {
    let long = String(repeating: "b", count: 64)
    let ids = try integrations("[bot a]\n[bot \(long)]\n[bot \(long.dropLast())c]")
    #expect(ids.map { $0.split(separator: " ")[0].count } == [4, 53, 55])
  }

  @Test func windowsAreInherited() throws {
    let report = load("[bot a]\n[bot b]\nwindow = 5\n[context]\nwindow = ${W}", ["W": "20"])
    #expect(report.configuration?.bots.map { $0.window } == [20, 5])
  }

  @Test func anthropicHasALengthAlways() throws {
    let keys = "webhook_url = https://x.example\nmodel = m\n"
    let report = load(
      """
      [integration a]
      type = anthropic
      \(keys)
      [integration b]
      type = anthropic
      max_tokens = 5
      \(keys)
      [integration c]
      type = openai
      \(keys)
      """)
    #expect(report.configuration?.integrations.map { $0.maxTokens } == [1024, 5, nil])
  }

  @Test(
    arguments: [
      ("[integration a]", ["1: [integration a] needs 'webhook_url'"]),
      (
        "\n[integration a]\ntype = openai",
        [
          "2: [integration a] needs 'webhook_url'", "2: [integration a] needs 'model'",
        ]
      ),
      (
        "[integration a]\ntype = anthropic\nwebhook_url = https://x",
        [
          "1: [integration a] needs 'model'"
        ]
      ),
      (
        "[integration a]\ntype = nonsense",
        [
          "2: type: 'nonsense' is not one of openai, responses, anthropic, custom, echo"
        ]
      ),
      (
        "[integration a]\nwebhook_url = nonsense",
        [
          "2: webhook_url: the URL does not begin with https:// or http://"
        ]
      ),
      (
        "[integration a]\ntype = echo\nbot = suport\n[bot support]",
        [
          "3: bot: there is no [bot suport]; did you mean 'support'?"
        ]
      ),
      ("[integration a]\ntype = echo\nbot = x", ["3: bot: there is no [bot x]"]),
      (
        "[bot a]\n[bot b]\n[integration x]\ntype = echo",
        [
          "3: [integration x] needs 'bot': there are 2 bots"
        ]
      ),
      (
        "[bot B]\n[integration x]\ntype = echo\nbot = B",
        [
          "1: 'B' is not a valid name; use 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or digit"
        ]
      ),
      ("[key a]", ["1: [key a] needs 'secret'; 'postern key' makes one"]),
      ("[key a]\nsecret = 0123456789abcdef\nbots = default, x", ["3: bots: there is no [bot x]"]),
      (
        "[key a]\nsecret = 0123456789abcdef\n[key b]\nsecret = \"0123456789abcdef\"",
        ["4: secret: [key a] has the same at line 2"]
      ),
      (
        "[server]\ntls_key = /k",
        [
          "2: tls_key: /k cannot be read: No such file",
          "2: tls_key: HTTPS needs tls_certificate as well",
        ]
      ),
      ("[server]\ntls_certificate = /cert", ["2: tls_certificate: HTTPS needs tls_key as well"]),
      (
        "[server]\nlisten = 127.0.0.1:1, 0.0.0.0:1",
        [
          "2: listen: without a [key NAME], only loopback addresses and Unix sockets are allowed; 'postern key' makes a key"
        ]
      ),
      (
        "[server]\nlisten = [::]:1\n[key a]",
        [
          "3: [key a] needs 'secret'; 'postern key' makes one"
        ]
      ),
      ("[server]\nlisten = 192.168.1.1:80\n[key a]\nsecret = 0123456789abcdef", []),
      ("[server]\nlisten = [::ffff:127.0.0.1]:80, unix:/s", []),
      (
        "[bot a]\nsystem = x\nsystem_file = /cert",
        [
          "3: system_file: 'system' was already given at line 2"
        ]
      ),
      (
        "[bot a]\nsystem_file = /cert\nsystem =",
        [
          "3: system: 'system_file' was already given at line 2"
        ]
      ),
      (
        "[bot a]\nsystem_file = /none",
        [
          "2: system_file: /none cannot be read: No such file"
        ]
      ),
      (
        "[bot a]\nsystem_file = /nul",
        [
          "2: system_file: the file is not UTF-8 text, or contains a NUL byte"
        ]
      ),
      ("[bot a]\nsystem_file = /large", ["2: system_file: /large cannot be read: too large"]),
      (
        "[bot a]\n[integration x]\ntype = echo\nenabled = no\n[integration y]\ntype = echo\nweight = 0\n[integration z]\ntype = echo\nfallback = yes",
        [
          "1: warning: no integration of [bot a] takes part in the draw: each is disabled, a fallback, or has weight 0; change one of them"
        ]
      ),
      (
        "[integration x]\ntype = echo\nweight = 0",
        [
          "1: warning: no integration of [bot default] takes part in the draw: each is disabled, a fallback, or has weight 0; change one of them"
        ]
      ),
      ("[integration x]\ntype = echo\nweight = none", ["3: weight: 'none' is not a whole number"]),
    ] as [(String, [String])])
  func checks(text: String, lines: [String]) {
    let files = [
      "/cert": "x", "/nul": "a\u{0}", "/large": String(repeating: "x", count: 1 << 20 + 1),
    ]
    #expect(load(text, files: files).lines == lines)
  }

  @Test func reportsEverythingInOnePassByLine() {
    let text = """
      stray = 1
      [integration a]
      bot = missing
      timeuot = 3
      weight = heavy
      header.Authorization = Bearer ${UNSET}
      [sever]
      listen = x
      [server]
      listen = 0.0.0.0:80
      tls_key = /k
      max_body = 0
      [integration a]
      weight = -1
      [bot x]
      [bot y]
      system_file = /none
      window = 500
      [key k]
      scopes = chat, fly
      nonsense
      """
    #expect(
      load(text).lines == [
        "1: the key 'stray' is not in a section; move it below a [section] line",
        "2: [integration a] needs 'webhook_url'",
        "3: bot: there is no [bot missing]",
        "4: unknown key 'timeuot' in [integration a]; did you mean 'timeout'?",
        "5: weight: 'heavy' is not a whole number",
        "6: header.Authorization: the environment variable UNSET is not set",
        "7: unknown section [sever]; did you mean [server]?",
        "11: tls_key: /k cannot be read: No such file",
        "11: tls_key: HTTPS needs tls_certificate as well",
        "12: max_body: 0 is too small; the minimum is 1",
        "13: [integration a] was already given at line 2",
        "14: weight: -1 is too small; the minimum is 0",
        "17: system_file: /none cannot be read: No such file",
        "18: window: 500 is too large; the maximum is 200",
        "19: [key k] needs 'secret'; 'postern key' makes one",
        "20: scopes: 'fly' is not one of chat, read, write, admin",
        "21: the line is not understood; write key = value, a [section], or a comment that begins with # or ;",
      ])
  }

  @Test func limitsSections() {
    let bots = (0..<256).map { "[bot b\($0)]\n" }.joined()
    #expect(load(bots).configuration?.bots.count == 256)
    #expect(
      load(bots + "[bot c]\n[bot d]").lines == [
        "257: there are more than 256 [bot] sections",
        "258: there are more than 256 [bot] sections",
      ])
    let integrations = (0..<1024).map { "[integration i\($0)]\ntype = echo\n" }.joined()
    #expect(load(integrations).configuration?.integrations.count == 1024)
    #expect(
      load(integrations + "[integration x]").lines == [
        "2049: there are more than 1024 [integration] sections"
      ])
  }

  @Test func limitsFamilies() {
    let headers = (0..<128).map { "header.h\($0) = x\n" }.joined()
    let section = "[integration a]\ntype = echo\n"
    #expect(load(section + headers).configuration?.integrations[0].headers.count == 128)
    #expect(
      load(section + headers + "header.x = y\nparam.x = 1").lines == [
        "131: there are more than 128 'header.' keys in [integration a]"
      ])
  }

  @Test func limitsTheFile() {
    let line = "#" + String(repeating: " ", count: 1022) + "\n"
    let full = String(repeating: line, count: 1024)
    #expect(load(full).lines == [])
    #expect(load(full + "x").lines == ["1025: the file is larger than 1 MiB"])
    #expect(load(String(full.dropLast()) + "xx").lines == ["1024: the file is larger than 1 MiB"])
  }
}
