import Bytes
import Testing

@testable import Configuration

/// The typed value of each text.
@Suite struct ValueTests {
  private func configuration(
    _ text: String, _ variables: [String: String] = [:], files: [String: String] = [:]
  ) throws -> Configuration {
    let report = load(text, variables, files: files)
    return try #require(report.configuration, "\(report.lines)")
  }

  private func integration(_ keys: String) throws -> IntegrationSettings {
    try configuration("[integration a]\ntype = echo\n" + keys).integrations[0]
  }

  @Test func theEmptyFileIsTheContractsDefault() throws {
    let configuration = try configuration("")
    let server = configuration.server
    #expect(server.listen == [.ip(.loopback, port: 8080)])
    #expect(server.tls == nil)
    #expect(server.maxConnections == 512)
    #expect(server.maxConnectionsPerIP == 64)
    #expect(!server.limitsLoopback)
    #expect(server.maxBodyBytes == 8 << 20)
    #expect(server.idleTimeoutMilliseconds == 60_000)
    #expect(server.requestTimeoutMilliseconds == 60_000)
    #expect(configuration.context.memoryBytes == 4 << 20)
    #expect(configuration.context.window == 10)
    #expect(configuration.context.file == nil)
    #expect(configuration.context.sync == .every(milliseconds: 5000))
    #expect(configuration.limits.inFlight == 256)
    #expect(configuration.limits.perUser == nil)
    #expect(configuration.limits.queuePerConversation == 8)
    #expect(configuration.limits.idempotencyMemoryBytes == 1 << 20)
    #expect(configuration.log.level == .info)
    #expect(configuration.log.format == .text)
    #expect(configuration.keys.isEmpty)
    #expect(configuration.bots.count == 1)
    let bot = configuration.bots[0]
    #expect(bot.id == Array("default".utf8))
    #expect(bot.name == Array("default".utf8))
    #expect(bot.system.isEmpty)
    #expect(bot.window == 10)
    #expect(
      bot.errorMessage
        == Array("Sorry, I can't answer right now. Please try again in a moment.".utf8))
    #expect(bot.stickiness == .nothing)
    #expect(bot.deadlineMilliseconds == 120_000)
    #expect(bot.delivery == .live)
    #expect(configuration.integrations.count == 1)
    try expectDefaults(configuration.integrations[0], id: "echo", bot: "default", kind: .echo)
  }

  private func expectDefaults(
    _ integration: IntegrationSettings, id: String, bot: String, kind: IntegrationSettings.Kind
  ) throws {
    #expect(integration.id == Array(id.utf8))
    #expect(integration.name == Array(id.utf8))
    #expect(integration.bot == Array(bot.utf8))
    #expect(integration.kind == kind)
    #expect(integration.webhookURL == nil)
    #expect(integration.model == nil)
    #expect(integration.headers.isEmpty)
    #expect(integration.timeoutMilliseconds == 30_000)
    #expect(integration.connectTimeoutMilliseconds == 5000)
    #expect(integration.idleTimeoutMilliseconds == 30_000)
    #expect(integration.weight == 1)
    #expect(!integration.isFallback)
    #expect(integration.isEnabled)
    #expect(integration.retries == 2)
    #expect(integration.backoffMilliseconds == 500)
    #expect(integration.retryAfterMaxMilliseconds == 10_000)
    #expect(integration.stream == .auto)
    #expect(!integration.canContinue)
    #expect(integration.maxTokens == nil)
    #expect(integration.parameters.isEmpty)
    #expect(integration.maxResponseBytes == 1 << 20)
    #expect(integration.breaker?.failures == 5)
    #expect(integration.breaker?.openMilliseconds == 30_000)
    #expect(integration.caFile == nil)
    #expect(integration.proxy == nil)
  }

  @Test(arguments: [
    ("http://proxy:3128", "proxy", "", "http://proxy:3128"),
    ("HTTPS://user@10.0.0.1:443/", "10.0.0.1", "user", "HTTPS://****@10.0.0.1:443/"),
    ("socks5://u:p%40@proxy.lan:1", "proxy.lan", "p%40", "socks5://****@proxy.lan:1"),
    ("socks5h://u:a:b@[::1]:1080", "::1", "a:b", "socks5h://****@[::1]:1080"),
  ])
  func readsProxies(text: String, host: String, secret: String, masked: String) throws {
    let integration = try integration("proxy = \(text)")
    let proxy = try #require(integration.proxy)
    #expect(proxy.text == Array(text.utf8))
    #expect(proxy.server.host == Array(host.utf8))
    #expect(proxy.secret == Array(secret.utf8))
    #expect(integration.secrets.contains(Array(secret.utf8)))
    #expect(ProxyURL.masked(Array(text.utf8)) == Array(masked.utf8))
  }

  @Test(arguments: [
    ("1", 1000), ("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("1ms", 1),
    ("24h", 86_400_000), ("007", 7000), ("\"30s\"", 30_000),
  ])
  func readsDurations(text: String, milliseconds: Int) throws {
    #expect(try integration("timeout = \(text)").timeoutMilliseconds == milliseconds)
  }

  @Test(arguments: [
    ("1", 1), ("1024", 1024), ("256K", 256 << 10), ("3k", 3 << 10), ("2M", 2 << 20),
    ("1G", 1 << 30),
  ])
  func readsSizes(text: String, bytes: Int) throws {
    #expect(try integration("max_response = \(text)").maxResponseBytes == bytes)
  }

  @Test(arguments: [
    ("yes", true), ("no", false), ("true", true), ("false", false), ("on", true), ("off", false),
    ("1", true), ("0", false), ("Yes", true), ("OFF", false),
  ])
  func readsBooleans(text: String, value: Bool) throws {
    #expect(
      try integration("fallback = \(text)\nweight = 0\n[integration b]\ntype = echo").isFallback
        == value)
    let stream = try integration("stream = \(text)").stream
    #expect(stream == (value ? .yes : .no))
  }

  @Test(
    arguments: [
      ("always", .always), ("never", .never), ("Never", .never), ("1ms", .every(milliseconds: 1)),
      ("10", .every(milliseconds: 10_000)),
    ] as [(String, ContextSettings.Sync)])
  func readsIntervals(text: String, sync: ContextSettings.Sync) throws {
    #expect(try configuration("[context]\nsync = \(text)").context.sync == sync)
  }

  @Test(
    arguments: [
      ("0", nil), ("30/m", (30, 60_000)), ("1/s", (1, 1000)), ("1000000/h", (1_000_000, 3_600_000)),
    ] as [(String, (Int, Int)?)])
  func readsRates(text: String, rate: (count: Int, interval: Int)?) throws {
    let read = try configuration("[limits]\nper_user = \(text)").limits.perUser
    #expect(read?.count == rate?.count)
    #expect(read?.intervalMilliseconds == rate?.interval)
  }

  @Test(
    arguments: [
      ("0", nil), ("5/30s", (5, 30_000)), ("1/1ms", (1, 1)), ("3/2", (3, 2000)),
    ] as [(String, (Int, Int)?)])
  func readsBreakers(text: String, policy: (failures: Int, open: Int)?) throws {
    let read = try integration("breaker = \(text)").breaker
    #expect(read?.failures == policy?.failures)
    #expect(read?.openMilliseconds == policy?.open)
  }

  @Test(
    arguments: [
      ("127.0.0.1:80", [.ip(.loopback, port: 80)]), ("LocalHost:0", [.ip(.loopback, port: 0)]),
      ("[::1]:65535", [.ip(.v6(high: 0, low: 1), port: 65535)]),
      ("unix:/run/p.sock", [.unix(path: Array("/run/p.sock".utf8))]),
      (
        "unix:/a:1 , 127.0.0.2:1,127.0.0.1:2",
        [
          .unix(path: Array("/a:1".utf8)), .ip(.v4(0x7F00_0002), port: 1), .ip(.loopback, port: 2),
        ]
      ),
    ] as [(String, [ListenAddress])])
  func readsAddressesToListenOn(text: String, addresses: [ListenAddress]) throws {
    #expect(try configuration("[server]\nlisten = \(text)").server.listen == addresses)
  }

  @Test(arguments: [
    "8080", ":8080", "*:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
    "127.0.0.1:http", "::1:8080", "[127.0.0.1]:8080", "[::1]", "[::1]8080", "[]:80",
    "example.com:80",
    "unix:", "unix:run.sock", "unix:/" + String(repeating: "a", count: 107), ":", "[:1",
  ])
  func refusesOtherAddresses(text: String) {
    #expect(load("[server]\nlisten = \(text)").lines.count == 1)
  }

  @Test func takesTheLongestSocketPath() throws {
    let path = "/" + String(repeating: "a", count: 106)
    #expect(
      try configuration("[server]\nlisten = unix:\(path)").server.listen == [
        .unix(path: Array(path.utf8))
      ])
  }

  @Test(
    arguments: [
      ("chat", .chat), ("read, write", [.read, .write]), ("admin", .admin),
      ("chat,chat", .chat), ("Read", .read),
    ] as [(String, Scopes)])
  func readsScopes(text: String, scopes: Scopes) throws {
    let keys = try configuration("[key a]\nsecret = 0123456789abcdef\nscopes = \(text)").keys
    #expect(keys[0].scopes == scopes)
  }

  @Test func administratorsMayDoEverything() {
    #expect(Scopes.admin.isSuperset(of: [.chat, .read, .write]))
    #expect(!Scopes([.chat, .read, .write]).contains(.admin))
  }

  @Test func readsSecrets() throws {
    let text = """
      [key a]
      secret = \(FindingsTests.digest)
      [key b]
      secret = ${KEY}
      bots = y, x
      [bot x]
      [bot y]
      """
    let keys = try configuration(text, ["KEY": "a-key-of-16-char"]).keys
    #expect(
      keys[0].secret
        == .digest(
          salt: Array(0...15),
          digest: (0..<4).flatMap { _ in [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF] }))
    #expect(keys[0].scopes == .chat)
    #expect(keys[0].bots.isEmpty)
    #expect(keys[1].secret == .key(Array("a-key-of-16-char".utf8)))
    #expect(keys[1].bots == [Array("y".utf8), Array("x".utf8)])
  }

  @Test(arguments: [
    ("a  b", "a  b"), ("\" a \"", " a "), (#""\"\\\n\t""#, "\"\\\n\t"), ("# a ; b", "# a ; b"),
    ("a\"b", "a\"b"), ("'a'", "'a'"), (#"a\nb"#, #"a\nb"#), ("$A ${A} $$ ${A}", "$A x $$ x"),
    ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("\"${A}\\t$${\"", "x\t${"), ("$", "$"), ("{}", "{}"),
    ("${file:/f}", "line\nlast"), ("${credential:c}", "cr3d"), ("${B}", #"${A}\n""#), ("${E}", ""),
    ("", ""), ("${file:/crlf}", "a"), ("${file:/two}", "a\n"), ("${_x1}", "under"),
  ])
  func resolvesQuotesAndReferences(text: String, value: String) throws {
    let variables = [
      "A": "x", "B": #"${A}\n""#, "E": "", "CREDENTIALS_DIRECTORY": "/run/c", "_x1": "under",
    ]
    let files = [
      "/f": "line\nlast\n", "/run/c/c": "cr3d", "/crlf": "a\r\n", "/two": "a\n\n",
    ]
    let configuration = try configuration("[bot a]\nsystem = \(text)", variables, files: files)
    #expect(configuration.bots[0].system == Array(value.utf8))
  }

  @Test(arguments: [
    ("0.2", "0.2"), ("[1, \"a\"]", "[1, \"a\"]"), ("{\"a\": \"b\"}", "{\"a\": \"b\"}"),
    ("\"high\"", "\"high\""), (#""\"high\"""#, "\"high\""), (#""\u00e9\r""#, #""\u00e9\r""#),
    (#""{\"a\":1}""#, "{\"a\":1}"), ("\"a\" ", "\"a\""), ("null", "null"), ("\"\"", "\"\""),
  ])
  func readsJSON(text: String, json: String) throws {
    let parameters = try integration("param.x.Y-z_1 = \(text)").parameters
    #expect(parameters.map { $0.name } == [Array("x.Y-z_1".utf8)])
    #expect(parameters.map { $0.text } == [Array(json.utf8)])
  }

  @Test func keepsHeadersAsWritten() throws {
    let headers = try integration("header.X-Key = a: \"b\" \nheader.hOsT = h\nheader.A =").headers
    #expect(headers.map { String(decoding: $0.name, as: UTF8.self) } == ["X-Key", "hOsT", "A"])
    #expect(headers.map { String(decoding: $0.text, as: UTF8.self) } == ["a: \"b\"", "h", ""])
  }

  @Test func readsTheSystemMessageFromAFile() throws {
    let configuration = try configuration(
      "[bot a]\nsystem_file = /s", files: ["/s": "Be\nterse.\n"])
    #expect(configuration.bots[0].system == Array("Be\nterse.".utf8))
  }

  @Test func takesFilesOfBothLineEndsWithAByteOrderMark() throws {
    let configuration = try configuration("\u{FEFF}[log]\r\nlevel = debug\nformat = json\r\n")
    #expect(configuration.log.level == .debug)
    #expect(configuration.log.format == .json)
  }
}
