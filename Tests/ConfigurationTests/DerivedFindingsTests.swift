import Testing

@testable import Configuration

/// Findings about values that come from the environment or a file by `${…}`.
@Suite struct DerivedFindingsTests {
  @Test func quotesNothingOfAValueThatCameFromOutside() {
    let variables = [
      "S": "s3cr3t", "U": "http://api.s3cr3t.example/?k=s3cr3t", "L": "1.2.3.4:s3cr3t",
    ]
    let text = """
      [server]
      listen = ${L}
      [context]
      window = ${S}
      memory = ${S}
      sync = ${S}
      file = ${S}
      [limits]
      per_user = ${S}
      [log]
      level = ${S}
      [key a]
      secret = ${S}
      scopes = ${S}
      bots = ${S}
      [bot a]
      sticky = ${S}
      system_file = /${S}
      [integration a]
      bot = ${S}
      type = custom
      webhook_url = ${U}
      breaker = ${S}
      param.x = ${S}
      ca_file = /${S}
      """
    let lines = load(text, variables).lines
    #expect(!lines.contains { $0.contains("s3cr3t") })
    #expect(
      lines == [
        "2: listen: the value is not an address to listen on; write one such as 127.0.0.1:8080, [::1]:8080 or unix:/path",
        "4: window: the value is not a whole number",
        "5: memory: the value is not a size: a whole number of bytes, or one with K, M or G, such as 256K",
        "6: sync: the value is neither always, never, nor a duration such as 500ms or 30s",
        "7: file: the value is not an absolute path, one that begins with /",
        "9: per_user: the value is not a rate; write one such as 30/m (with s, m or h), or 0",
        "11: level: the value is not one of error, warning, info, debug",
        "13: warning: secret: a key of fewer than 8 characters is easily guessed; use a longer one",
        "14: scopes: the value is not one of chat, read, write, admin",
        "15: bots: there is no bot of that name",
        "17: sticky: the value is not one of no, yes, user",
        "18: system_file: the file cannot be read: No such file",
        "20: bot: there is no bot of that name",
        "22: webhook_url: http:// to its host would send messages and keys unencrypted; use https://, or set allow_http = yes",
        "23: breaker: the value is not failures/duration; write one such as 5/30s, or 0",
        "24: param.x: the value is not JSON: a value was expected (byte 0); a string stands in double quotes",
        "25: ca_file: the file cannot be read: No such file",
      ])
  }

  /// A key that stands at a wrong setting.
  @Test(arguments: [
    "sk-s3cr3t", "sk-ant-api03-s3cr3t", "gsk_s3cr3t", "AIzas3cr3t", "postern_s3cr3t",
    "whsec_s3cr3t", "Bearer s3cr3t",
  ])
  func quotesNothingThatBeginsAsAKey(key: String) {
    let text = """
      [server]
      listen = \(key)
      [limits]
      per_user = \(key)
      [log]
      level = \(key)
      [key a]
      secret = 0123456789abcdef
      scopes = chat, \(key)
      bots = \(key)
      [integration a]
      bot = \(key)
      type = \(key)
      timeout = \(key)
      ca_file = \(key)
      """
    let lines = load(text).lines
    #expect(lines.count == 9)
    #expect(!lines.contains { $0.contains("s3cr3t") })
    let others = load("[log]\nlevel = s3cr3t\n[key a]\nsecret = 0123456789abcdef\nbots = x").lines
    #expect(others.count == 2 && others[0].contains("'s3cr3t'") && others[1].contains("[bot x]"))
  }

  @Test func refusesLineBreaksAndNULFromOutside() {
    let variables = ["N": "a\nb", "Z": "a\u{0}b", "R": "0123456789abcdef\r"]
    let text = """
      [key a]
      secret = ${R}
      [bot a]
      name = ${N}
      system = ${Z}
      error_message = ${N}
      [integration a]
      type = echo
      header.A = ${N}
      header.B = ${Z}
      header.C = ${R}
      webhook_url = https://x/${N}
      """
    #expect(
      load(text, variables).lines == [
        "2: secret: the key contains a blank or another character that is not visible ASCII; remove it",
        "4: name: the value contains a line break or another control character; remove it",
        "5: system: the value of ${…} is not UTF-8 text, or contains a NUL byte",
        "9: header.A: the value contains a line break or another control character; remove it",
        "10: header.B: the value of ${…} is not UTF-8 text, or contains a NUL byte",
        "11: header.C: the value contains a line break or another control character; remove it",
        "12: webhook_url: the URL contains a character that must be percent-encoded",
      ])
  }

  @Test func refusesValuesThatGrowTooLong() {
    let variables = ["K": String(repeating: "x", count: 40_000)]
    #expect(load("[bot a]\nsystem = ${K}", variables).lines == [])
    #expect(
      load("[bot a]\nsystem = ${K}${K}", variables).lines == [
        "2: system: the value is longer than 64 KiB with its ${…} replaced"
      ])
  }
}
