import Testing

@testable import Configuration

/// What is said of which text: every message once, with its line.
@Suite struct FindingsTests {
  static let digest =
    "sha256:000102030405060708090a0b0c0d0e0f:"
    + String(repeating: "0123456789abcdef", count: 4)

  @Test(
    arguments: [
      // Lines.
      ("[server\n[x]", ["1: the section has no ']'", "2: unknown section [x]"]),
      (
        "[log] # text",
        [
          "1: only blanks may follow the ']' of a section; a comment stands on a line of its own"
        ]
      ),
      ("[]", ["1: the section has no type"]),
      (
        "\nlevel: info",
        ["2: expected 'key = value', a [section], or a comment that begins with # or ;"]
      ),
      ("[log]\n= info", ["2: there is no key before the '='"]),
      (
        "[log]\nlevel = in\rfo",
        ["2: the line contains a carriage return that is not part of its end"]
      ),
      ("# \u{0}", ["1: the line contains a control character"]),
      (
        "level = info\n[log]\nlevel = info",
        ["1: the key 'level' stands before any [section]"]
      ),
      // Sections.
      ("[sever]", ["1: unknown section [sever]; did you mean [server]?"]),
      ("[Server]\nx = 1", ["1: unknown section [Server]; did you mean [server]?"]),
      ("[integrations gpt]", ["1: unknown section [integrations]; did you mean [integration]?"]),
      ("[logging]", ["1: unknown section [logging]; did you mean [log]?"]),
      ("[metrics]", ["1: unknown section [metrics]"]),
      ("[server x]", ["1: [server] takes no name"]),
      (
        "[bot]\nnaem = x",
        [
          "1: a [bot] section needs a name: [bot NAME]",
          "2: unknown key 'naem' in [bot]; did you mean 'name'?",
        ]
      ),
      (
        "[bot Support]",
        [
          "1: 'Support' is not a name: a-z, 0-9, '_' and '-', 1 to 64, first a letter or digit"
        ]
      ),
      (
        "[bot a b]",
        [
          "1: 'a b' is not a name: a-z, 0-9, '_' and '-', 1 to 64, first a letter or digit"
        ]
      ),
      (
        "[log]\n\n[log]\nlevel = x",
        [
          "3: [log] was already given at line 1",
          "4: level: 'x' is none of error, warning, info, debug",
        ]
      ),
      ("[bot a]\n[bot b]\n[bot a]", ["3: [bot a] was already given at line 1"]),
      // Keys.
      ("[log]\nlevle = info", ["2: unknown key 'levle' in [log]; did you mean 'level'?"]),
      ("[log]\nLevel = info", ["2: unknown key 'Level' in [log]; did you mean 'level'?"]),
      ("[log]\ncolour = info", ["2: unknown key 'colour' in [log]"]),
      (
        "[bot a]\nweight = 1",
        [
          "2: unknown key 'weight' in [bot a]; it belongs in [integration NAME]"
        ]
      ),
      ("[log]\nmemory = 1M", ["2: unknown key 'memory' in [log]; it belongs in [context]"]),
      ("[log]\nlevel = info\nlevel = info", ["3: 'level' was already given at line 2"]),
      // Types.
      ("[log]\nlevel =", ["2: level: the value is missing"]),
      ("[log]\nlevel = \"\"", ["2: level: the value is missing"]),
      ("[log]\nformat = xml", ["2: format: 'xml' is none of text, json"]),
      ("[bot a]\nsticky = maybe", ["2: sticky: 'maybe' is neither yes nor no"]),
      ("[bot a]\nwindow = ten", ["2: window: 'ten' is not a whole number"]),
      ("[bot a]\nwindow = 1.5", ["2: window: '1.5' is not a whole number"]),
      ("[bot a]\nwindow = +5", ["2: window: '+5' is not a whole number"]),
      ("[bot a]\nwindow = 5K", ["2: window: '5K' is not a whole number"]),
      ("[bot a]\nwindow = 0", ["2: window: 0 is below the least, 1"]),
      ("[bot a]\nwindow = -5", ["2: window: -5 is below the least, 1"]),
      ("[bot a]\nwindow = 201", ["2: window: 201 is above the most, 200"]),
      (
        "[bot a]\nwindow = 99999999999999999999",
        [
          "2: window: 99999999999999999999 is above the most, 200"
        ]
      ),
      (
        "[bot a]\ndeadline = soon",
        [
          "2: deadline: 'soon' is not a duration: a whole number with ms, s, m or h, such as 500ms"
        ]
      ),
      (
        "[bot a]\ndeadline = 1.5s",
        [
          "2: deadline: '1.5s' is not a duration: a whole number with ms, s, m or h, such as 500ms"
        ]
      ),
      (
        "[bot a]\ndeadline = 1M",
        [
          "2: deadline: '1M' is not a duration: a whole number with ms, s, m or h, such as 500ms"
        ]
      ),
      ("[bot a]\ndeadline = 0s", ["2: deadline: 0s is below the least, 1ms"]),
      ("[bot a]\ndeadline = -1", ["2: deadline: -1 is below the least, 1ms"]),
      ("[bot a]\ndeadline = 25h", ["2: deadline: 25h is above the most, 24h"]),
      (
        "[bot a]\ndeadline = 9999999999999999999h",
        [
          "2: deadline: 9999999999999999999h is above the most, 24h"
        ]
      ),
      (
        "[context]\nsync = often",
        [
          "2: sync: 'often' is neither always, never, nor a duration such as 500ms or 30s"
        ]
      ),
      ("[context]\nsync = 0", ["2: sync: 0 is below the least, 1ms"]),
      (
        "[context]\nmemory = 4MB",
        [
          "2: memory: '4MB' is not a size: a whole number of bytes, or one with K, M or G, such as 256K"
        ]
      ),
      ("[context]\nmemory = 4095", ["2: memory: 4095 is below the least, 4K"]),
      ("[context]\nmemory = 5G", ["2: memory: 5G is above the most, 4G"]),
      (
        "[context]\nfile = context.ring",
        [
          "2: file: 'context.ring' is not an absolute path, one that begins with /"
        ]
      ),
      (
        "[limits]\nper_user = 30",
        ["2: per_user: '30' is not a rate, such as 30/m (by s, m or h), nor 0"]
      ),
      (
        "[limits]\nper_user = 30/min",
        [
          "2: per_user: '30/min' is not a rate, such as 30/m (by s, m or h), nor 0"
        ]
      ),
      ("[limits]\nper_user = 0/m", ["2: per_user: 0/m is not between 1 and 1000000 per s, m or h"]),
      (
        "[server]\nlisten = 127.0.0.1:80, 8080",
        [
          "2: listen: '8080' is not an address to listen on, such as 127.0.0.1:8080, [::1]:8080 or unix:/path"
        ]
      ),
      ("[server]\nlisten = 127.0.0.1:80,,", ["2: listen: nothing stands before or after a comma"]),
      (
        "[server]\nlisten = 127.0.0.1:80, localhost:80",
        ["2: listen: 'localhost:80' is given twice"]
      ),
      (
        "[key a]\nsecret = short",
        ["2: warning: secret: a key of fewer than 8 characters is easily guessed"]
      ),
      (
        "[key a]\nsecret = 0123456789 abcdef",
        [
          "2: secret: a key consists of visible ASCII characters, without blanks"
        ]
      ),
      (
        "[key a]\nsecret = ****",
        [
          "2: secret: **** only stands for the secret where it is printed; write the secret itself"
        ]
      ),
      (
        "[key a]\nsecret = sha256:00",
        [
          "2: secret: after sha256: come 32 hexadecimal digits, a colon and 64 more, as 'postern key' prints them"
        ]
      ),
      (
        "[key a]\nsecret = \(digest)0",
        [
          "2: secret: after sha256: come 32 hexadecimal digits, a colon and 64 more, as 'postern key' prints them"
        ]
      ),
      (
        "[key a]\nsecret = \(digest)\nscopes = chat, root",
        [
          "3: scopes: 'root' is none of chat, read, write, admin"
        ]
      ),
      (
        "[bot a]\nname = \"a\\nb\"",
        [
          "2: name: the value contains a line break or another control character"
        ]
      ),
      (
        "[bot a]\nname = \(String(repeating: "x", count: 257))",
        [
          "2: name: the value is longer than 256 bytes"
        ]
      ),
      ("[bot a]\nerror_message = \"\"", ["2: error_message: the value is missing"]),
      // Quotes and references.
      (
        "[bot a]\nsystem = \"\\r\"",
        [
          #"2: system: in double quotes, \ begins one of \" \\ \n \t and nothing else"#
        ]
      ),
      (
        "[bot a]\nsystem = \"a\" and \"b\"",
        [
          #"2: system: in double quotes, a double quote that belongs to the value is written \""#
        ]
      ),
      (
        #"[bot a]"# + "\n" + #"system = "a\""#,
        [
          #"2: system: the closing quote is escaped; write \\ for a backslash at the end"#
        ]
      ),
      (
        "[bot a]\nsystem = \"a",
        [
          "2: warning: system: the value begins with a double quote and does not end in one; it is taken as it stands, quote included"
        ]
      ),
      (
        "[bot a]\n[integration i]\ntype = echo\ntimeout = 1h",
        []
      ),
      (
        "[bot a]\n\ndeadline = 40s\n[integration i]\nwebhook_url = https://x/\n[integration j]\nwebhook_url = https://x/\ntimeout = 35s\n[integration k]\nwebhook_url = https://x/\nfallback = yes\ntimeout = 5s\n[integration l]\nwebhook_url = https://x/\nfallback = yes\nenabled = no",
        []
      ),
      (
        "[bot a]\n\ndeadline = 39s\n[integration j]\nwebhook_url = https://x/\ntimeout = 35s\n[integration k]\nwebhook_url = https://x/\nfallback = yes\ntimeout = 5s",
        [
          "3: warning: deadline: [bot a]'s integrations may take 40000 ms in turn (the longest timeout of those drawn, and those of the fallbacks), but it leaves them 39000 ms: each gets a part"
        ]
      ),
      (
        "[integration j]\nwebhook_url = https://x/\ntimeout = 3m",
        [
          "1: warning: deadline: [bot default]'s integrations may take 180000 ms in turn (the longest timeout of those drawn, and those of the fallbacks), but it leaves them 120000 ms: each gets a part"
        ]
      ),
      ("[bot a]\nsystem = ${A", ["2: system: '${' without '}'; a literal ${ is written $${"]),
      (
        "[bot a]\nsystem = ${A-B}",
        [
          "2: system: ${…} takes the name of an environment variable, file:/path or credential:NAME"
        ]
      ),
      (
        "[bot a]\nsystem = ${}",
        [
          "2: system: ${…} takes the name of an environment variable, file:/path or credential:NAME"
        ]
      ),
      ("[bot a]\nsystem = ${file:x}", ["2: system: ${file:…} takes an absolute path"]),
      ("[bot a]\nsystem = ${file:/none}", ["2: system: /none cannot be read: No such file"]),
      (
        "[bot a]\nsystem = ${credential:../x}",
        [
          "2: system: ${credential:…} takes a file name without '/'"
        ]
      ),
      (
        "[bot a]\nsystem = ${credential:..}",
        [
          "2: system: ${credential:…} takes a file name without '/'"
        ]
      ),
      (
        "[bot a]\nsystem = ${credential:x}",
        [
          "2: system: the environment variable CREDENTIALS_DIRECTORY is not set"
        ]
      ),
      ("[bot a]\nsystem = ${NOPE}", ["2: system: the environment variable NOPE is not set"]),
    ] as [(String, [String])])
  func finds(text: String, lines: [String]) {
    let report = load(text)
    #expect(report.lines == lines)
    #expect((report.configuration == nil) == lines.contains { !$0.contains("warning") })
  }

  @Test(
    arguments: [
      ("wieght = 1", ["unknown key 'wieght' in [integration a]; did you mean 'weight'?"]),
      ("url = x", ["unknown key 'url' in [integration a]; did you mean 'webhook_url'?"]),
      ("headers.X = y", ["unknown key 'headers.X' in [integration a]; did you mean 'header.X'?"]),
      ("header = y", ["unknown key 'header' in [integration a]; did you mean 'header.NAME'?"]),
      ("Header.X = y", ["unknown key 'Header.X' in [integration a]; did you mean 'header.X'?"]),
      ("timeout = 0s", ["timeout: 0s is below the least, 1ms"]),
      ("weight = 1000001", ["weight: 1000001 is above the most, 1000000"]),
      ("backoff = 9s", ["backoff: 9s is above the most, 8s"]),
      ("retry_after_max = -1s", ["retry_after_max: -1s is below the least, 0s"]),
      ("max_response = 2G", ["max_response: 2G is above the most, 1G"]),
      ("stream = maybe", ["stream: 'maybe' is none of auto, yes, no"]),
      ("breaker = 5", ["breaker: '5' is not failures/duration, such as 5/30s, nor 0"]),
      ("breaker = 0/30s", ["breaker: 0/30s: the failures are not between 1 and 1000"]),
      ("breaker = 5/0s", ["breaker: 5/0s: the duration is not between 1ms and 24h"]),
      ("header. = x", ["header.: '' is not a valid name of a header field"]),
      ("header.A B = x", ["header.A B: 'A B' is not a valid name of a header field"]),
      ("header.A: = x", ["header.A:: 'A:' is not a valid name of a header field"]),
      (
        "header.X = \"a\\nb\"",
        [
          "header.X: the value contains a line break or another control character"
        ]
      ),
      (
        "header.X = ****",
        [
          "header.X: **** only stands for the secret where it is printed; write the secret itself"
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
        ["param.: '' is not a name: letters, digits, '_', '-' and '.', 1 to 64 of them"]
      ),
      ("param.model = 1", ["param.model: the field is set by 'model'"]),
      ("param.messages = []", ["param.messages: the field cannot be set: it is the conversation"]),
      (
        "param.x = high",
        [
          "param.x: 'high' is not JSON: a value was expected (byte 0); a string stands in double quotes"
        ]
      ),
      ("param.x =", ["param.x: the value is missing"]),
      (
        "param.x = \"5\"",
        [
          #"warning: param.x: the double quotes are not part of the JSON; leave them out, or write "\"5\"" for a string"#
        ]
      ),
      ("webhook_url = ftp://x/", ["webhook_url: a URL begins with https:// or http://"]),
      ("webhook_url = https:/x", ["webhook_url: a URL begins with https:// or http://"]),
      ("webhook_url = https://", ["webhook_url: the URL has no host"]),
      ("webhook_url = https:///x", ["webhook_url: the URL has no host"]),
      ("webhook_url = https://:80/", ["webhook_url: the URL has no host"]),
      ("webhook_url = https://[]/", ["webhook_url: the URL has no host"]),
      (
        "webhook_url = https://a b/",
        [
          "webhook_url: a URL consists of printable ASCII characters without blanks; any other is percent-encoded"
        ]
      ),
      (
        "webhook_url = https://bücher.example/",
        [
          "webhook_url: a URL consists of printable ASCII characters without blanks; any other is percent-encoded"
        ]
      ),
      (
        "webhook_url = \"https://a/\\n\"",
        [
          "webhook_url: a URL consists of printable ASCII characters without blanks; any other is percent-encoded"
        ]
      ),
      (
        "webhook_url = https://u:p@x/",
        [
          "webhook_url: a user or password has no place in the URL; use header.Authorization"
        ]
      ),
      (
        "webhook_url = https://x/#a",
        [
          "webhook_url: a fragment (from '#' on) is never sent, and has no place in this URL"
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
          "webhook_url: what stands in brackets is not an IPv6 address"
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
          "webhook_url: the URL's host looks like an IPv4 address, and is not one"
        ]
      ),
      (
        "webhook_url = http://127.1/",
        [
          "webhook_url: the URL's host looks like an IPv4 address, and is not one"
        ]
      ),
      (
        "webhook_url = http://0x7f.1.1.0x1./",
        [
          "webhook_url: the URL's host looks like an IPv4 address, and is not one"
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

  @Test func tellsNothingOfAKeyBehindABrokenSection() {
    #expect(
      load("[bot\nfoo = 1\n= 2").lines == [
        "1: the section has no ']'", "3: there is no key before the '='",
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
        "2: listen: the value is not an address to listen on, such as 127.0.0.1:8080, [::1]:8080 or unix:/path",
        "4: window: the value is not a whole number",
        "5: memory: the value is not a size: a whole number of bytes, or one with K, M or G, such as 256K",
        "6: sync: the value is neither always, never, nor a duration such as 500ms or 30s",
        "7: file: the value is not an absolute path, one that begins with /",
        "9: per_user: the value is not a rate, such as 30/m (by s, m or h), nor 0",
        "11: level: the value is none of error, warning, info, debug",
        "13: warning: secret: a key of fewer than 8 characters is easily guessed",
        "14: scopes: the value is none of chat, read, write, admin",
        "15: bots: there is no bot of that name",
        "17: sticky: the value is neither yes nor no",
        "18: system_file: the file cannot be read: No such file",
        "20: bot: there is no bot of that name",
        "22: webhook_url: http:// to its host would send messages and keys unencrypted; use https://, or set allow_http = yes",
        "23: breaker: the value is not failures/duration, such as 5/30s, nor 0",
        "24: param.x: the value is not JSON: a value was expected (byte 0); a string stands in double quotes",
        "25: ca_file: the file cannot be read: No such file",
      ])
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
        "2: secret: a key consists of visible ASCII characters, without blanks",
        "4: name: the value contains a line break or another control character",
        "5: system: what ${…} stands for is not UTF-8 text, or contains a NUL byte",
        "9: header.A: the value contains a line break or another control character",
        "10: header.B: what ${…} stands for is not UTF-8 text, or contains a NUL byte",
        "11: header.C: the value contains a line break or another control character",
        "12: webhook_url: a URL consists of printable ASCII characters without blanks; any other is percent-encoded",
      ])
  }

  @Test func refusesValuesThatGrowTooLong() {
    let variables = ["K": String(repeating: "x", count: 40_000)]
    #expect(load("[bot a]\nsystem = ${K}", variables).lines == [])
    #expect(
      load("[bot a]\nsystem = ${K}${K}", variables).lines == [
        "2: system: the value is longer than 64 KiB once its ${…} are filled in"
      ])
  }

  @Test func cutsWhatItQuotes() {
    let key = String(repeating: "é", count: 31)
    #expect(
      load("[log]\n\(key) = 1").lines == [
        "2: unknown key '\(String(repeating: "é", count: 30))…' in [log]"
      ])
    let odd = "x" + key
    #expect(
      load("[log]\n\(odd) = 1").lines == [
        "2: unknown key 'x\(String(repeating: "é", count: 29))…' in [log]"
      ])
  }

  @Test func rendersFindings() {
    let report = load("[log]\nlevel = x\n[bot a]\nsystem = \"")
    #expect(
      String(decoding: report.messages(file: Array("/etc/a.conf".utf8)), as: UTF8.self) == """
        /etc/a.conf:2: level: 'x' is none of error, warning, info, debug
        /etc/a.conf:4: warning: system: the value begins with a double quote and does not end in one; \
        it is taken as it stands, quote included

        """)
  }
}
