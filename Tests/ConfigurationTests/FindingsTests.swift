import Bytes
import Testing

@testable import Configuration

/// The findings of each text: every message once, with its line.
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
      ("[]", ["1: the section has no type; write [type] or [type NAME]"]),
      (
        "\nlevel: info",
        [
          "2: the line is not understood; write key = value, a [section], or a comment that begins with # or ;"
        ]
      ),
      ("[log]\n= info", ["2: the key before '=' is missing; write key = value"]),
      (
        "[log]\nlevel = in\rfo",
        ["2: the line contains a carriage return that is not part of its end"]
      ),
      ("# \u{0}", ["1: the line contains a control character; remove it"]),
      (
        "level = info\n[log]\nlevel = info",
        ["1: the key 'level' is not in a section; move it below a [section] line"]
      ),
      // Sections.
      ("[sever]", ["1: unknown section [sever]; did you mean [server]?"]),
      ("[Server]\nx = 1", ["1: unknown section [Server]; did you mean [server]?"]),
      ("[integrations gpt]", ["1: unknown section [integrations]; did you mean [integration]?"]),
      ("[logging]", ["1: unknown section [logging]; did you mean [log]?"]),
      ("[metrics]", ["1: unknown section [metrics]"]),
      ("[server x]", ["1: [server] cannot have a name; remove it"]),
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
          "1: 'Support' is not a valid name; use 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or digit"
        ]
      ),
      (
        "[bot a b]",
        [
          "1: 'a b' is not a valid name; use 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or digit"
        ]
      ),
      (
        "[log]\n\n[log]\nlevel = x",
        [
          "3: [log] was already given at line 1",
          "4: level: 'x' is not one of error, warning, info, debug",
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
      (
        "[log]\nwindow_tokens = no",
        ["2: unknown key 'window_tokens' in [log]; it belongs in [context]"]
      ),
      ("[log]\nlevel = info\nlevel = info", ["3: 'level' was already given at line 2"]),
      // Types.
      ("[log]\nlevel =", ["2: level: the value is missing"]),
      ("[log]\nlevel = \"\"", ["2: level: the value is missing"]),
      ("[log]\nformat = xml", ["2: format: 'xml' is not one of text, json"]),
      ("[bot a]\nsticky = maybe", ["2: sticky: 'maybe' is not one of no, yes, user"]),
      ("[bot a]\nwindow = ten", ["2: window: 'ten' is not a whole number"]),
      // A message is one line, whatever is quoted in it.
      ("[bot a]\nwindow = \"1\\n2\\t3\"", [#"2: window: '1\n2\t3' is not a whole number"#]),
      (
        "[server]\nlisten = \"a\\n:1\"",
        [
          #"2: listen: 'a\n:1' is not an address to listen on; write one such as 127.0.0.1:8080, [::1]:8080 or unix:/path; names are not looked up: write the address"#
        ]
      ),
      ("[bot a]\nwindow = 1.5", ["2: window: '1.5' is not a whole number"]),
      ("[bot a]\nwindow = +5", ["2: window: '+5' is not a whole number"]),
      ("[bot a]\nwindow = 5K", ["2: window: '5K' is not a whole number"]),
      ("[bot a]\nwindow = 0", ["2: window: 0 is too small; the minimum is 1"]),
      ("[bot a]\nwindow = -5", ["2: window: -5 is too small; the minimum is 1"]),
      ("[bot a]\nwindow = 201", ["2: window: 201 is too large; the maximum is 200"]),
      (
        "[bot a]\nwindow = 99999999999999999999",
        [
          "2: window: 99999999999999999999 is too large; the maximum is 200"
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
          "2: deadline: '1.5s' is not a duration: a whole number with ms, s, m or h, such as 500ms; did you mean '1500ms'?"
        ]
      ),
      (
        "[bot a]\ndeadline = 1M",
        [
          "2: deadline: '1M' is not a duration: a whole number with ms, s, m or h, such as 500ms; did you mean '1m'?"
        ]
      ),
      ("[bot a]\ndeadline = 0s", ["2: deadline: 0s is too small; the minimum is 1ms"]),
      ("[bot a]\ndeadline = -1", ["2: deadline: -1 is too small; the minimum is 1ms"]),
      ("[bot a]\ndeadline = 25h", ["2: deadline: 25h is too large; the maximum is 24h"]),
      (
        "[bot a]\ndeadline = 9999999999999999999h",
        [
          "2: deadline: 9999999999999999999h is too large; the maximum is 24h"
        ]
      ),
      (
        "[context]\nsync = often",
        [
          "2: sync: 'often' is neither always, never, nor a duration such as 500ms or 30s"
        ]
      ),
      ("[context]\nsync = 0", ["2: sync: 0 is too small; the minimum is 1ms"]),
      (
        "[context]\nmemory = 4MB",
        [
          "2: memory: '4MB' is not a size: a whole number of bytes, or one with K, M or G, such as 256K; did you mean '4M'?"
        ]
      ),
      ("[context]\nmemory = 4095", ["2: memory: 4095 is too small; the minimum is 4K"]),
      ("[context]\nmemory = 5G", ["2: memory: 5G is too large; the maximum is 4G"]),
      (
        "[context]\nfile = context.ring",
        [
          "2: file: 'context.ring' is not an absolute path, one that begins with /"
        ]
      ),
      (
        "[limits]\nper_user = 30",
        [
          "2: per_user: '30' is not a rate; write one such as 30/m (with s, m or h), or 0; did you mean '30/m'?"
        ]
      ),
      (
        "[limits]\nper_user = 30/min",
        [
          "2: per_user: '30/min' is not a rate; write one such as 30/m (with s, m or h), or 0; did you mean '30/m'?"
        ]
      ),
      ("[limits]\nper_user = 0/m", ["2: per_user: 0/m is not between 1 and 1000000 per s, m or h"]),
      (
        "[server]\nlisten = 127.0.0.1:80, 8080",
        [
          "2: listen: '8080' is not an address to listen on; write one such as 127.0.0.1:8080, [::1]:8080 or unix:/path; write 127.0.0.1:8080 for this host, or 0.0.0.0:8080 for all"
        ]
      ),
      (
        "[server]\nsocket_mode = 0999",
        ["2: socket_mode: '0999' is not a file mode; write three octal digits such as 0660"]
      ),
      (
        "[server]\ncontrol = /\(String(repeating: "c", count: 107))",
        ["2: control: the path is too long; the maximum is 107 bytes"]
      ),
      (
        "[server]\nlisten = unix:/p\ncontrol = /p",
        ["3: control: 'listen' has the same path; choose another one"]
      ),
      (
        "[server]\nlisten = 127.0.0.1:80,,",
        ["2: listen: a part of the list is empty; remove the extra comma"]
      ),
      (
        "[server]\nlisten = 127.0.0.1:80, localhost:80",
        ["2: listen: 'localhost:80' is given twice; remove one"]
      ),
      (
        "[key a]\nsecret = short",
        ["2: warning: secret: a key of fewer than 8 characters is easily guessed; use a longer one"]
      ),
      (
        "[key a]\nsecret = 0123456789 abcdef",
        [
          "2: secret: the key contains a blank or another character that is not visible ASCII; remove it"
        ]
      ),
      (
        "[key a]\nsecret = ****",
        [
          "2: secret: **** is how a secret is printed; write the secret itself"
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
          "3: scopes: 'root' is not one of chat, read, write, admin; did you mean 'admin'?"
        ]
      ),
      (
        "[bot a]\nname = \"a\\nb\"",
        [
          "2: name: the value contains a line break or another control character; remove it"
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
          "2: warning: system: the value begins with a double quote but does not end with one; the quote is part of the value: remove it, or close it"
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
          "3: warning: deadline: [bot a]'s integrations may take 40000 ms one after another (the longest timeout of those drawn, and those of the fallbacks), but this leaves 39000 ms; raise it or lower the timeouts"
        ]
      ),
      (
        "[integration j]\nwebhook_url = https://x/\ntimeout = 3m",
        [
          "1: warning: deadline: [bot default]'s integrations may take 180000 ms one after another (the longest timeout of those drawn, and those of the fallbacks), but this leaves 120000 ms; raise it or lower the timeouts"
        ]
      ),
      ("[bot a]\nsystem = ${A", ["2: system: '${' without '}'; a literal ${ is written $${"]),
      (
        "[bot a]\nsystem = ${A-B}",
        [
          "2: system: ${…} needs the name of an environment variable, file:/path or credential:NAME"
        ]
      ),
      (
        "[bot a]\nsystem = ${}",
        [
          "2: system: ${…} needs the name of an environment variable, file:/path or credential:NAME"
        ]
      ),
      ("[bot a]\nsystem = ${file:x}", ["2: system: ${file:…} needs an absolute path"]),
      ("[bot a]\nsystem = ${file:/none}", ["2: system: /none cannot be read: No such file"]),
      (
        "[bot a]\nsystem = ${credential:../x}",
        [
          "2: system: ${credential:…} needs a file name without '/'"
        ]
      ),
      (
        "[bot a]\nsystem = ${credential:..}",
        [
          "2: system: ${credential:…} needs a file name without '/'"
        ]
      ),
      (
        "[bot a]\nsystem = ${credential:x}",
        [
          "2: system: the environment variable CREDENTIALS_DIRECTORY is not set"
        ]
      ),
      (
        "[server]\nlisten = unix:x",
        [
          "2: listen: 'unix:x' is not an address to listen on; write one such as 127.0.0.1:8080, "
            + "[::1]:8080 or unix:/path"
        ]
      ),
      ("[bot a]\nsystem = ${NOPE}", ["2: system: the environment variable NOPE is not set"]),
    ] as [(String, [String])])
  func finds(text: String, lines: [String]) {
    let report = load(text)
    #expect(report.lines == lines)
    #expect((report.configuration == nil) == lines.contains { !$0.contains("warning") })
  }

  @Test func tellsNothingOfAKeyBehindABrokenSection() {
    #expect(
      load("[bot\nfoo = 1\n= 2").lines == [
        "1: the section has no ']'", "3: the key before '=' is missing; write key = value",
      ])
  }

  @Test func cutsWhatItQuotes() {
    let name = String(repeating: "é", count: 31)
    #expect(
      load("[\(name)]").lines == ["1: unknown section [\(String(repeating: "é", count: 30))…]"])
    #expect(
      load("[x\(name)]").lines == ["1: unknown section [x\(String(repeating: "é", count: 29))…]"])
  }

  /// A user who writes `key: value` must not find the value in a message if it ends in `=`.
  @Test(
    arguments: [
      ("header.Authorization: Bearer Zm9vYmFyYmF6==", "header.Authorization…: not a valid name"),
      ("header.X-Key: Zm9v=", "header.X-Key…: not a valid name"),
      (
        "headers.X: Zm9v=",
        "unknown key 'headers.X…' in [integration a]; did you mean 'header.X…'?"
      ),
      ("param.key: Zm9v=", "param.key…: not a name"), ("model: Zm9v=", "unknown key 'model…'"),
      ("7Zm9vYmFy==", "unknown key '…'"), ("timeout 30s =", "unknown key 'timeout…'"),
    ])
  func quotesNoMoreOfAKeyThanANameMayHave(line: String, message: String) {
    let lines = load("[integration a]\ntype = echo\n\(line)").lines
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("3: " + message))
    #expect(!lines[0].contains("Zm9v"))
  }

  /// Values from the API may have any character.
  @Test func quotesOnOneLine() {
    let text: Text = "\(quoting: Array("é\u{1B}\n\t\r\u{7F}\\".utf8))"
    #expect("\(text)" == #"é\x1b\n\t\x0d\x7f\"#)
  }

  @Test func rendersFindings() {
    let report = load("[log]\nlevel = x\n[bot a]\nsystem = \"")
    #expect(
      String(decoding: report.messages(file: Array("/etc/a.conf".utf8)), as: UTF8.self) == """
        /etc/a.conf:2: level: 'x' is not one of error, warning, info, debug
        /etc/a.conf:4: warning: system: the value begins with a double quote but does not end with one; \
        the quote is part of the value: remove it, or close it

        """)
  }
}
