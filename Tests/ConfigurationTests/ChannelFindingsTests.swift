import Testing

@testable import Configuration

/// What is said of `[channel NAME]`.
@Suite struct ChannelFindingsTests {
  @Test func readsEveryPart() throws {
    let report = load(everything.text, everything.variables, files: everything.files)
    let channels = try #require(report.configuration).channels
    let (home, work) = (channels[0], channels[1])
    #expect(home.kind == .telegram && home.groups == .all)
    #expect(home.allowed == [Array("123456789".utf8), Array("@ann".utf8)])
    #expect(home.gatherMilliseconds == 1000 && home.responseDelayMilliseconds == 2000)
    #expect(home.url == Array("http://127.0.0.1:8081".utf8))
    #expect(work.url == Array("https://slack.com/api".utf8) && work.kind == .slack)
    #expect(try #require(report.configuration).secrets.contains(home.token))
    #expect(try #require(report.configuration).secrets.contains(work.secret))
  }

  @Test func takesSeveralSecrets() throws {
    let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    let report = load("[channel in]\ntype = webhook\nsecret = \(key)  \(key)")
    let channel = try #require(report.configuration).channels[0]
    #expect(channel.webhookKeys.count == 2 && channel.webhookKeys[0].count == 24)
    #expect(channel.bot == Array("default".utf8))
  }

  @Test(arguments: [
    (
      "token = 1:x",
      "1: warning: [channel c] has no 'allow', so no message is answered; write allow = ID, "
        + "@NAME: 'postern status' shows who tried"
    ),
    ("allow = 1", "1: [channel c] needs 'token'"),
    ("type = slack\ntoken = xoxb-1\nallow = *", "1: [channel c] needs 'secret'"),
    ("type = webhook", "1: [channel c] needs 'secret'"),
    (
      "token = 1:x/y\nallow = 1",
      "2: token: Telegram's tokens have letters, digits, ':', '_' and '-' "
        + "only; copy it from @BotFather"
    ),
    (
      "token = abc\nallow = 1",
      "2: warning: token: Telegram's tokens are a number, ':' and letters; "
        + "copy the whole one from @BotFather"
    ),
    ("token = 1:x\nallow = @", "3: allow: '@' is neither an id nor a name such as @ann"),
    (
      "token = 1:x\nallow = Everyone",
      "3: warning: allow: this is taken as a name; write * for all people"
    ),
    ("token = 1:x\nallow = 1\nbot = sales", "4: bot: there is no [bot sales]"),
    ("token = 1:x\nallow = 1,,2", "3: allow: a part of the list is empty; remove the extra comma"),
    (
      "token = 1:x\nallow = Ann Lee", "3: allow: 'Ann Lee' is neither an id nor a name such as @ann"
    ),
    (
      "token = 1:x\nallow = 1\nsecret = abcdef",
      "4: warning: secret: channels of this type do not use "
        + "it; remove it"
    ),
    (
      "token = 1:x\nallow = 1\napi_url = http://api.example",
      "4: api_url: http:// would send the token "
        + "unencrypted; use https://"
    ),
    (
      "token = 1:x\nallow = 1\napi_url = https://api.example/?a",
      "4: api_url: a query cannot be part of "
        + "it; remove it"
    ),
    (
      "type = webhook\nsecret = abcdefgh",
      "3: secret: a secret is whsec_ and a key in base64; 'openssl "
        + "rand -base64 32' makes one"
    ),
    (
      "type = webhook\nsecret = whsec_AAAA",
      "3: secret: the key after whsec_ has 3 bytes; 16 to 128 are "
        + "accepted"
    ),
    (
      "type = slack\ntoken = abc\nsecret = d\nallow = *",
      "3: warning: token: a bot's token of Slack begins "
        + "with xoxb-; use that one"
    ),
    (
      "bot_token = 1:x\ntoken = 1:x\nallow = 1",
      "2: unknown key 'bot_token' in [channel c]; did you mean "
        + "'token'?"
    ),
  ])
  func says(lines: String, finding: String) {
    #expect(load("[channel c]\n\(lines)").lines == [finding])
  }

  @Test func refusesTheSamePollerTwice() {
    let lines = load("[channel a]\ntoken = 1:x\nallow = 1\n[channel b]\ntoken = 1:x\nallow = 1")
      .lines
    #expect(
      lines == [
        "5: token: [channel a] has the same at line 2; Telegram lets one program ask for a bot's messages"
      ])
  }
}
