import JSON
import Testing

@Suite struct JSONValueTests {
  private func value(_ text: String) throws -> JSONValue {
    try JSONDocument(Array(text.utf8)).root
  }

  @Test(arguments: [
    ("{}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("-0", .number), ("7", .number),
    ("true", .true), ("false", .false), ("null", .null),
  ])
  func knowsKinds(text: String, kind: JSONKind) throws {
    let value = try value(" \n\(text)\t\r ")
    #expect(value.kind == kind)
    #expect(Array(value.raw) == Array(text.utf8))
    #expect(value.isNull == (kind == .null))
    #expect(value.boolean == (kind == .true ? true : kind == .false ? false : nil))
  }

  @Test(arguments: [
    ("{}", true), ("{ \n}", true), ("[]", true), ("[\t ]", true), ("\"\"", true), ("0", false),
    ("\" \"", false), ("\"\\u0000\"", false), ("[0]", false), ("[[]]", false), ("{\"\":0}", false),
    ("null", false), ("false", false),
  ])
  func knowsEmptiness(text: String, isEmpty: Bool) throws {
    #expect(try value(text).isEmpty == isEmpty)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("12", 12), ("-7", -7), ("9223372036854775807", Int.max),
    ("-9223372036854775807", -Int.max), ("9223372036854775808", nil), ("1.0", nil), ("1e2", nil),
    ("\"1\"", nil), ("null", nil), ("[1]", nil),
    ("123456789012345678901234567890", nil),
  ])
  func readsIntegers(text: String, integer: Int?) throws {
    #expect(try value(text).integer == integer)
  }

  @Test(arguments: [
    (#""""#, ""), (#""Hi""#, "Hi"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\uDE00!""#, "😀!"), (#""\u0000x""#, "\u{0}x"),
    (#""\ud800""#, "\u{FFFD}"), (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
    (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud800\u0041""#, "\u{FFFD}A"),
    (#""\ud800\n""#, "\u{FFFD}\n"), (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\ufeff""#, "\u{FEFF}"),
    (#""é€😀 plain and longer than eight \\ é""#, #"é€😀 plain and longer than eight \ é"#),
  ])
  func decodesStrings(text: String, decoded: String) throws {
    #expect(try value(text).string == Array(decoded.utf8))
    #expect(try value("[\(text),1]").elements.first { _ in true }?.string == Array(decoded.utf8))
  }

  @Test(arguments: ["1", "null", "{}", "[\"a\"]", "true"])
  func decodesStringsOnly(text: String) throws {
    #expect(try value(text).string == nil)
    #expect(try !value(text).equals("a"))
  }

  @Test(arguments: [
    (#""content""#, true), (#""con\u0074ent""#, true), (#""\u0063ontent""#, true),
    (#""\u0063\u006f\u006E\u0074\u0065\u006e\u0074""#, true), (#""Content""#, false),
    (#""conten""#, false), (#""contents""#, false), (#""conte\\""#, false), (#""cont\n""#, false),
    (#""con\u0074ent ""#, false), (#""""#, false),
  ])
  func comparesStringsByMeaning(text: String, isContent: Bool) throws {
    #expect(try value(text).equals("content") == isContent)
    let object = try value("{ \(text) : [7] }")
    #expect((object["content"] != nil) == isContent)
  }

  /// The literal's own backslash is a character, the text's an escape.
  @Test func comparesBackslashesByMeaning() throws {
    #expect(try !value(#""\n""#).equals(#"\n"#))
    #expect(try value(#""\\n""#).equals(#"\n"#))
    #expect(try value(#""\\\\""#).equals(#"\\"#))
  }

  @Test func findsMembers() throws {
    let object = try value(
      #"{"a" : {"b":[1,{"c":"}]\""}]} ,"long name of a member":-1.50E+2,"":null, "a":"last"}"#)
    #expect(object["a"]?.equals("last") == true)
    #expect(object["long name of a member"].map { Array($0.raw) } == Array("-1.50E+2".utf8))
    #expect(object[""]?.isNull == true)
    #expect(object["b"] == nil)
    #expect(object["a"]?["b"] == nil)
    let first = try #require(object.members.first { _ in true }?.value)
    let inner = try #require(first["b"]?.elements.map { $0 })
    #expect(inner.map { String(decoding: $0.raw, as: UTF8.self) } == ["1", #"{"c":"}]\""}"#])
    #expect(inner[1]["c"]?.string == Array("}]\"".utf8))
  }

  @Test func listsMembersAndElementsInOrder() throws {
    let object = try value(" { \"x\" :1 , \"y\": [ ] ,\n\"x\":{ \"z\" : 2 } } ")
    #expect(
      object.members.map { "\(text($0.name))=\(text($0.value))" }
        == ["\"x\"=1", "\"y\"=[ ]", "\"x\"={ \"z\" : 2 }"])
    let array = try value("[ 1,\"a,]\" ,[2 , 3],{\"b\":[4]},null ]")
    #expect(array.elements.map(text) == ["1", "\"a,]\"", "[2 , 3]", "{\"b\":[4]}", "null"])
    #expect(array.members.map { text($0.name) } == [])
    #expect(object.elements.map(text) == [])
    #expect(try value("[]").elements.map(text) == [])
    #expect(try value("{}").members.map { text($0.name) } == [])
    #expect(try value("\"[1]\"").elements.map(text) == [])
  }

  @Test func outlivesItsDocument() throws {
    var value: JSONValue?
    do { value = try JSONDocument(Array("[\"kept\"]".utf8)).root.elements.first { _ in true } }
    #expect(value?.string == Array("kept".utf8))
  }

  private func text(_ value: JSONValue) -> String { String(decoding: value.raw, as: UTF8.self) }
}

/// Texts of more values than an index notes, which are walked byte by byte.
@Suite struct LongTextTests {
  private static let many = [UInt8](
    "{\"a\":[\(String(repeating: " {\"n\\u0061me\" : [1,\"]\\\\\"] , \"x\":null},", count: 300))0],\"b\\n\":\"c\",\"a\":7}"
      .utf8)

  @Test func areReadLikeShortOnes() throws {
    let root = try JSONDocument(Self.many).root
    #expect(root["a"]?.integer == 7)
    #expect(
      root.members.map { $0.name.string.map { String(decoding: $0, as: UTF8.self) } } == [
        "a", "b\n", "a",
      ])
    #expect(root.members.map { $0.isNamed("a") } == [true, false, true])
    let elements = Array(Array(root.members)[0].value.elements)
    #expect(elements.count == 301)
    #expect(elements[299]["name"]?.elements.map { $0.kind } == [.number, .string])
    #expect(elements[299]["x"]?.isNull == true)
    #expect(elements[300].integer == 0)
  }

  @Test func sameStringsAreTheSameHoweverWritten() throws {
    for padding in ["", String(repeating: "0,", count: 600)] {
      let text = "[\"a\",\"\\u0061\",\"b\",\"a\",\(padding)null]"
      let elements = Array(try JSONDocument(Array(text.utf8)).root.elements)
      #expect(elements[0].isSameString(as: elements[1]))
      #expect(elements[1].isSameString(as: elements[0]))
      #expect(elements[0].isSameString(as: elements[3]))
      #expect(!elements[1].isSameString(as: elements[2]))
      #expect(!elements[4].isSameString(as: elements[4]))
    }
  }
}
