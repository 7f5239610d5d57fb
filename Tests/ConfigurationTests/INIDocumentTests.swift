import Testing

@testable import Configuration

@Suite struct INIDocumentTests {
  /// A line in a short form: its kind and the parts that it has.
  private func shape(_ line: INILine) -> String {
    func text(_ range: Range<Int>) -> String { String(decoding: line.bytes[range], as: UTF8.self) }
    return switch line.content {
    case .blank: "blank"
    case .comment: "comment"
    case .section(let type, nil): "section <\(text(type))>"
    case .section(let type, let name?): "section <\(text(type))> <\(text(name))>"
    case .key(let name, let value): "key <\(text(name))> <\(text(value))>"
    case .bad(let defect): "\(defect)"
    }
  }

  @Test(arguments: [
    ("", "blank"), (" \t ", "blank"), ("\n", "blank"), ("\r\n", "blank"),
    ("# a = b", "comment"), (";", "comment"), (" \t# [x]\r\n", "comment"),
    ("[server]", "section <server>"), ("  [ server ]\t\r\n", "section <server>"),
    ("[bot support]", "section <bot> <support>"),
    ("[\tbot  \t support ]\n", "section <bot> <support>"),
    ("[bot a b]", "section <bot> <a b>"), ("[Bot É]", "section <Bot> <É>"),
    ("[a=b]", "section <a=b>"), ("[a#b]", "section <a#b>"),
    ("a=b", "key <a> <b>"), (" a  =  b c \r\n", "key <a> <b c>"), ("a=", "key <a> <>"),
    ("a = b = c", "key <a> <b = c>"), ("a b = c", "key <a b> <c>"), ("a==", "key <a> <=>"),
    ("a = # b ; c", "key <a> <# b ; c>"), ("a = \" b \"", "key <a> <\" b \">"),
    ("a = [b]", "key <a> <[b]>"), ("a#b = c", "key <a#b> <c>"), ("ä = ö", "key <ä> <ö>"),
    ("a = b\u{A0}", "key <a> <b\u{A0}>"),
    ("[server", "unclosedSection"), ("[", "unclosedSection"),
    ("[server] # x", "textAfterSection"), ("[server]]", "textAfterSection"),
    ("[a] = b", "textAfterSection"), ("[]", "emptySection"), ("[ \t]", "emptySection"),
    ("a", "missingEquals"), ("a : b", "missingEquals"), ("]", "missingEquals"),
    ("= b", "missingKey"), ("=", "missingKey"), (" = ", "missingKey"),
    ("a = \u{0}", "controlCharacter"), ("# \u{1B}[31m", "controlCharacter"),
    ("a = \u{7F}", "controlCharacter"), ("# \u{85}", "controlCharacter"),
    ("\u{B}", "controlCharacter"), ("a = \rb", "strayCarriageReturn"),
    ("a = b\r", "strayCarriageReturn"),
    ("a = b\r\r\n", "strayCarriageReturn"), ("a\tb =\tc", "key <a\tb> <c>"),
    ("\u{FEFF}", "blank"), ("\u{FEFF}[server]", "section <server>"),
    ("\u{FEFF} # x", "comment"), ("\u{FEFF}\u{FEFF}a=b", "key <\u{FEFF}a> <b>"),
  ])
  func readsLines(text: String, expected: String) {
    let line = INILine(Array(text.utf8), isFirst: true)
    #expect(shape(line) == expected)
    #expect(line.bytes == Array(text.utf8))
  }

  @Test(
    arguments: [
      [0xFF], [0x61, 0x3D, 0xC3], [0x23, 0xC0, 0x80], [0x61, 0x3D, 0xED, 0xA0, 0x80],
      [0x5B, 0x61, 0x80, 0x5D],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) {
    #expect(INILine(bytes).content == .bad(.invalidUTF8))
  }

  @Test func takesAByteOrderMarkOnlyInFront() {
    let document = INIDocument(parsing: Array("\u{FEFF}[a]\n\u{FEFF}[b]\n".utf8))
    #expect(document.lines.map(shape) == ["section <a>", "missingEquals"])
  }

  @Test(arguments: [
    (64 << 10, ""), (64 << 10, "\n"), (64 << 10, "\r\n"), ((64 << 10) + 1, "\n"),
    ((64 << 10) + 1, ""),
  ])
  func limitsLines(length: Int, end: String) {
    let text = "a=" + String(repeating: "x", count: length - 2) + end
    let isTooLong = INILine(Array(text.utf8)).content == .bad(.tooLong)
    #expect(isTooLong == (length > 64 << 10))
  }

  @Test(arguments: [
    ("", []), ("\n", ["\n"]), ("a", ["a"]), ("a\n", ["a\n"]), ("a\n\nb", ["a\n", "\n", "b"]),
    ("a\r\nb\n\r", ["a\r\n", "b\n", "\r"]), ("\u{FEFF}a\n", ["\u{FEFF}a\n"]),
  ])
  func splitsAtLineFeeds(text: String, lines: [String]) {
    let document = INIDocument(parsing: Array(text.utf8))
    #expect(document.lines.map { $0.bytes } == lines.map { Array($0.utf8) })
    #expect(document.bytes == Array(text.utf8))
  }

  @Test func linesCanBeSpliced() {
    var document = INIDocument(parsing: Array("[a]\r\nb = 1\r\n".utf8))
    document.lines[1] = INILine(Array("b = 2\r\n".utf8))
    document.lines.insert(INILine(Array("# two\n".utf8)), at: 1)
    #expect(document.bytes == Array("[a]\r\n# two\nb = 2\r\n".utf8))
  }

  @Test(arguments: [
    ("a", true), ("0", true), ("a-b_c9", true), (String(repeating: "a", count: 64), true),
    (String(repeating: "a", count: 65), false), ("", false), ("-a", false), ("_a", false),
    ("A", false), ("a b", false), ("a.b", false), ("ä", false), ("a/", false),
  ])
  func knowsNames(text: String, isName: Bool) {
    #expect(SectionName.isName(Array(text.utf8).span) == isName)
  }
}
