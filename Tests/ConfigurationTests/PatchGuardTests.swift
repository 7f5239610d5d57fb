import JSON
import Testing

@testable import Configuration

/// What a client of the management API may not change.
@Suite struct PatchGuardTests {
  private static let text = """
    [bot a]
    system_file = /prompt
    [integration gpt]
    type = openai
    webhook_url = https://host.example/v1
    model = m
    header.Authorization = Bearer x
    header.X-Trace = 1
    param.user = "${KEY}"
    param.seed = 7
    ca_file = /ca
    """
  private static let gpt = SectionName(.integration, Array("gpt".utf8))
  private static let bot = SectionName(.bot, Array("a".utf8))

  private func objection(
    _ patch: String, _ name: SectionName = gpt, of text: String? = text
  ) throws -> ResourcePatch.Objection? {
    let resource = try text.map { text in
      let report = load(
        text, ["KEY": "k"],
        files: ["/prompt": "p", "/ca": "-----BEGIN CERTIFICATE-----\n", "/etc/passwd": "root"])
      return try #require(report.configuration?.resource(name))
    }
    let value = try JSONDocument(Array(patch.utf8)).root
    do throws(ResourcePatch.Objection) {
      _ = try ResourcePatch.changes(in: value, to: name, from: resource)
      return nil
    } catch {
      return error
    }
  }

  private func member(_ objection: ResourcePatch.Objection?) -> String? {
    objection.map { String(decoding: $0.member, as: UTF8.self) }
  }

  /// Whether the file exists does not matter, so that the answer does not tell.
  @Test(arguments: [
    (#"{"ca_file": "/etc/passwd"}"#, true), (#"{"ca_file": "/none"}"#, true),
    (#"{"ca_file": ""}"#, true), (#"{"ca_file": "relative"}"#, true), (#"{"ca_file": null}"#, true),
    (#"{"ca_file": 5}"#, true), (#"{"ca_file": "****"}"#, true), (#"{"ca_file": "/ca"}"#, false),
    (#"{"ca_file": "/x", "ca_file": "/ca"}"#, true), (#"{"weight": 2}"#, false),
  ])
  func pathsAreTheAdministrators(patch: String, isForbidden: Bool) throws {
    let objection = try objection(patch)
    #expect((objection?.isForbidden ?? false) == isForbidden)
    #expect(member(objection) == (isForbidden ? "ca_file" : nil))
    if isForbidden, let text = objection.map({ "\($0.message)" }) {
      #expect(text == "ca_file is a path: only an administrator can change it, in the file")
    }
  }

  @Test func pathsOfNewSectionsAreTheAdministrators() throws {
    for name in [Self.gpt, Self.bot] {
      for setting in name.kind.settings where setting.isReserved {
        let set = try objection(#"{"\#(setting.name)": "/etc/passwd"}"#, name, of: nil)
        #expect(set?.isForbidden == true, "\(setting.name)")
        #expect(try objection(#"{"\#(setting.name)": null}"#, name, of: nil) == nil)
      }
    }
    #expect(try objection(#"{"system_file": "/prompt"}"#, Self.bot) == nil)
    #expect(try objection(#"{"system_file": "/prompt "}"#, Self.bot)?.isForbidden == true)
  }

  private static let all =
    #""headers": {"authorization": "n", "X-Trace": "n"}, "params": {"user": "n"}"#

  @Test(
    arguments: [
      // Another scheme, host or port.
      (#"{"webhook_url": "https://evil.example/v1"}"#, "headers.Authorization"),
      (#"{"webhook_url": "https://host.example:444/v1"}"#, "headers.Authorization"),
      (#"{"webhook_url": "http://host.example:443/v1"}"#, "headers.Authorization"),
      (#"{"webhook_url": "https://host.example./v1"}"#, "headers.Authorization"),
      (#"{"webhook_url": "https://sub.host.example/v1"}"#, "headers.Authorization"),
      (#"{"webhook_url": "http://127.0.0.1:9/"}"#, "headers.Authorization"),
      (
        #"{"webhook_url": "https://e.example/", "headers": {"X-Trace": "n"}}"#,
        "headers.Authorization"
      ),
      (
        #"{"webhook_url": "https://e.example/", "headers": {"Authorization": "****", "X-Trace": "n"}}"#,
        "headers.Authorization"
      ),
      (
        #"{"webhook_url": "https://e.example/", "headers": {"Authorization": "n"}}"#,
        "headers.X-Trace"
      ),
      (
        #"{"webhook_url": "https://e.example/", "headers": {"Authorization": "n", "X-Trace": null}}"#,
        "params.user"
      ),
      (#"{"webhook_url": "https://e.example/", "headers": null}"#, "params.user"),
      (
        #"{"webhook_url": "https://e.example/", "headers": null, "params": {"seed": 1}}"#,
        "params.user"
      ),
      (#"{"webhook_url": "https://e.example/", "headers": null, "params": null}"#, nil),
      (#"{"webhook_url": "https://e.example/", \#(all)}"#, nil),
      // A proxy sees what is not encrypted, and decides where the rest goes.
      (#"{"proxy": "http://evil.example:3128"}"#, "headers.Authorization"),
      (#"{"proxy": "socks5h://127.0.0.1:1080"}"#, "headers.Authorization"),
      (#"{"proxy": "http://evil.example:3128", "headers": null, "params": null}"#, nil),
      (#"{"proxy": "http://evil.example:3128", \#(all)}"#, nil),
      (#"{"proxy": null}"#, nil),
      // The same scheme, host and port.
      (#"{"webhook_url": "https://host.example/other?x=1"}"#, nil),
      (#"{"webhook_url": "HTTPS://HOST.example:443/v1"}"#, nil),
      (#"{"webhook_url": "https://host.example/v1"}"#, nil), (#"{"model": "n"}"#, nil),
    ] as [(String, String?)])
  func aMoveNeedsEverySecret(patch: String, missing: String?) throws {
    let objection = try objection(patch)
    #expect(member(objection) == missing)
    #expect(objection?.isForbidden != true)
  }

  /// A proxy that stays the same may get another password.
  @Test(
    arguments: [
      ("http://proxy:3128", nil), ("http://u:p@PROXY:3128/", nil), ("http://****@proxy:3128", nil),
      ("http://u:other@proxy:3128", nil), ("http://proxy:3129", "headers.X"),
      ("https://proxy:3128", "headers.X"), ("http://u:p@other:3128", "headers.X"),
      ("http://169.254.169.254:80", "proxy"), ("http://metadata.google.internal:80", "proxy"),
      // The check of the whole file refuses what is not a proxy.
      ("ftp://proxy:3128", nil), ("http://proxy", nil),
    ] as [(String, String?)])
  func aProxyIsMovedLikeAnAddress(proxy: String, missing: String?) throws {
    let text = "[integration gpt]\ntype = echo\nproxy = http://u:p@proxy:3128\nheader.X = s\n"
    #expect(member(try objection(#"{"proxy": "\#(proxy)"}"#, of: text)) == missing)
  }

  /// An address in two steps, by way of none, is a move as well.
  @Test func anAddressWhereThereWasNoneIsAMove() throws {
    let text = "[integration gpt]\ntype = echo\nheader.X = s\n"
    let patch = #"{"type": "openai", "model": "m", "webhook_url": "https://e.example/"}"#
    #expect(member(try objection(patch, of: text)) == "headers.X")
    #expect(try objection(patch, of: nil) == nil)
  }

  @Test(arguments: [
    ("169.254.169.254", false), ("169.254.1.1", false), ("0.0.0.0", false), ("0.0.0.1", false),
    ("[fe80::1]", false), ("[::]", false), ("[::ffff:169.254.169.254]", false),
    ("[::ffff:a9fe:a9fe]", false), ("[::ffff:127.0.0.1]", false), ("[::ffff:10.0.0.1]", false),
    ("[64:ff9b::a9fe:a9fe]", false), ("[64:ff9b::8.8.8.8]", false), ("[2002:a9fe:a9fe::]", false),
    ("[::127.0.0.1]", false), ("100.100.100.200", false), ("[fd00:ec2::254]", false),
    ("metadata.google.internal", false), ("METADATA.google.internal.", false), ("metadata", false),
    ("metadata.goog", false), ("instance-data", false),
    ("127.0.0.1", true), ("localhost", true), ("[::1]", true), ("10.0.0.1", true),
    ("192.168.0.1", true), ("[fd00::1]", true), ("host.example", true),
    ("metadata.host.example", true), ("169.254.169.254.host.example", true),
  ])
  func someAddressesAreTheAdministrators(host: String, isTaken: Bool) throws {
    for scheme in ["http", "https"] {
      let url = "\(scheme)://\(host)/latest/meta-data"
      let patch = #"{"webhook_url": "\#(url)", "headers": null, "params": null}"#
      for text in [Self.text, nil] {
        let objection = try objection(patch, of: text)
        #expect(member(objection) == (isTaken ? nil : "webhook_url"))
        #expect(objection?.isForbidden != true)
      }
      // An administrator may write any address.
      let own = "[integration gpt]\ntype = custom\nallow_http = yes\nwebhook_url = \(url)\n"
      #expect(try objection(#"{"webhook_url": "\#(url)", "weight": 2}"#, of: own) == nil)
    }
  }

  /// Spellings that libraries read as IPv4 addresses are invalid for all.
  @Test(arguments: [
    "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "169.254.43518",
    "169.254.169.254.", "169.0xfea9fe", "025177524776", "[fe80::1%25eth0]", "[fe80::1%eth0]",
    "%31%36%39.254.169.254", "169.254.169.254@host.example", "metadata.google.internal..",
  ])
  func otherSpellingsAreInvalid(host: String) {
    #expect(load("[integration a]\nwebhook_url = https://\(host)/").configuration == nil)
  }
}
