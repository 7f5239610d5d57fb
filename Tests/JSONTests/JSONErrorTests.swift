import JSON
import Testing

@Suite struct JSONErrorTests {
  static let faults: [(text: String, reason: JSONError.Reason, position: Int)] = [
    ("", .empty, 0),
    (" \t\r\n", .empty, 4),
    ("\u{FEFF}{}", .byteOrderMark, 0),
    ("[", .unexpectedEnd, 1),
    ("[1", .unexpectedEnd, 2),
    ("[1,", .unexpectedEnd, 3),
    ("{", .unexpectedEnd, 1),
    ("{\"a", .unexpectedEnd, 3),
    ("{\"a\"", .unexpectedEnd, 4),
    ("{\"a\":", .unexpectedEnd, 5),
    ("{\"a\":1", .unexpectedEnd, 6),
    ("{\"a\":1,", .unexpectedEnd, 7),
    ("\"", .unexpectedEnd, 1),
    ("\"\\", .unexpectedEnd, 2),
    ("\"\\u12", .unexpectedEnd, 5),
    ("-", .unexpectedEnd, 1),
    ("1.", .unexpectedEnd, 2),
    ("1e", .unexpectedEnd, 2),
    ("1e+", .unexpectedEnd, 3),
    ("tru", .unexpectedEnd, 3),
    ("]", .valueExpected, 0),
    ("[,1]", .valueExpected, 1),
    ("[1,,2]", .valueExpected, 3),
    ("{\"a\":}", .valueExpected, 5),
    (".5", .valueExpected, 0),
    ("+1", .valueExpected, 0),
    ("'a'", .valueExpected, 0),
    ("NaN", .valueExpected, 0),
    ("True", .valueExpected, 0),
    ("\u{A0}1", .valueExpected, 0),
    ("/* */ 1", .valueExpected, 0),
    ("{a:1}", .nameExpected, 1),
    ("{1:1}", .nameExpected, 1),
    ("{,}", .nameExpected, 1),
    ("{\"a\":1, b}", .nameExpected, 8),
    ("{\"a\" 1}", .colonExpected, 5),
    ("{\"a\",1}", .colonExpected, 4),
    ("{\"a\":1 \"b\":2}", .commaOrBraceExpected, 7),
    ("{\"a\":1]", .commaOrBraceExpected, 6),
    ("{\"a\":[1]]", .commaOrBraceExpected, 8),
    ("[1 2]", .commaOrBracketExpected, 3),
    ("[1}", .commaOrBracketExpected, 2),
    ("[{\"a\":1}}", .commaOrBracketExpected, 8),
    ("[0x1]", .commaOrBracketExpected, 2),
    ("[1, ]", .trailingComma, 2),
    ("{\"a\":1 , }", .trailingComma, 7),
    ("1 2", .trailingText, 2),
    ("[]]", .trailingText, 2),
    ("{}\u{0}", .trailingText, 2),
    ("1.5.", .trailingText, 3),
    ("nul1", .misspeltLiteral, 3),
    ("tRue", .misspeltLiteral, 1),
    ("[fals]", .misspeltLiteral, 5),
    ("-a", .digitExpected, 1),
    ("--1", .digitExpected, 1),
    ("[1.]", .digitExpected, 3),
    ("1.e1", .digitExpected, 2),
    ("1ee", .digitExpected, 2),
    ("1e+-1", .digitExpected, 3),
    ("01", .leadingZero, 0),
    ("-012", .leadingZero, 1),
    ("00", .leadingZero, 0),
    ("\"a\nb\"", .controlCharacter, 2),
    ("\"\t\"", .controlCharacter, 1),
    ("\"12345678901234\u{1F}\"", .controlCharacter, 15),
    ("\"\u{0}\"", .controlCharacter, 1),
    ("\"\\x41\"", .invalidEscape, 2),
    ("\"\\\u{E9}\"", .invalidEscape, 2),
    ("\"\\U0041\"", .invalidEscape, 2),
    ("\"\\u00g0\"", .invalidUnicodeEscape, 5),
    ("\"\\u\"", .invalidUnicodeEscape, 3),
    (String(repeating: "[", count: 65), .nestedTooDeep, 64),
    (String(repeating: "{\"\":", count: 65), .nestedTooDeep, 256),
  ]

  @Test(arguments: faults)
  func saysWhatIsWrongAndWhere(text: String, reason: JSONError.Reason, position: Int) {
    expect(Array(text.utf8), reason, position)
  }

  /// Each is the inside of a string, after an `a`.
  @Test(
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF], [0xFE],
    ] as [[UInt8]])
  func refusesIllFormedUTF8(piece: [UInt8]) {
    expect([0x22, 0x61] + piece + [0x22], .invalidUTF8, 2)
  }

  private func expect(_ text: [UInt8], _ reason: JSONError.Reason, _ position: Int) {
    let expected = JSONError(reason: reason, position: position)
    #expect(throws: expected) { try JSONDocument(text) }
    #expect(throws: expected) { try JSONDocument.validate(text.span) }
  }

  @Test func listsEveryReason() {
    var reasons = Set(Self.faults.map { "\($0.reason)" })
    reasons.insert("\(JSONError.Reason.invalidUTF8)")
    #expect(reasons == Set(JSONError.Reason.allCases.map { "\($0)" }))
    #expect(
      Set(JSONError.Reason.allCases.map { "\($0.description)" }).count
        == JSONError.Reason.allCases.count)
  }

  @Test(arguments: [0, 1, 5, 63, 64])
  func countsDepth(limit: Int) {
    let text = { (depth: Int) in
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    if limit > 0 {
      #expect(throws: Never.self) { try JSONDocument(text(limit), maximumDepth: limit) }
    }
    #expect(throws: JSONError(reason: .nestedTooDeep, position: limit)) {
      _ = try JSONDocument(text(limit + 1), maximumDepth: limit)
    }
  }

  @Test(arguments: [
    (0, 1, 1), (1, 1, 2), (2, 2, 1), (4, 2, 3), (6, 2, 4), (7, 2, 5), (8, 3, 1), (9, 3, 1),
  ])
  func findsLinesAndColumns(position: Int, line: Int, column: Int) {
    let text = Array("a\nb\té.\n".utf8)
    #expect(text.count == 8)
    let location = TextLocation(of: position, in: text.span)
    #expect(location.line == line)
    #expect(location.column == column)
  }

  @Test func tellsTheWholeStory() {
    let text = Array("{\n  \"é\" 1}".utf8)
    #expect(throws: JSONError(reason: .colonExpected, position: 9)) { try JSONDocument(text) }
    #expect(
      JSONError(reason: .colonExpected, position: 9).message(in: text.span)
        == "a colon was expected at line 2, column 7 (byte 9)")
  }
}
