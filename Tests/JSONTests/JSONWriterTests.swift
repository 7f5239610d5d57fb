import JSON
import Testing
import TestSupport

@Suite(.seeded) struct JSONWriterTests {
  private func text(_ writer: consuming JSONWriter) -> String {
    String(decoding: writer.finish(), as: UTF8.self)
  }

  @Test func writesEveryKindOfValue() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("string")
    writer.string(Array("a\"b".utf8).span)
    writer.name("literal")
    writer.string("l")
    writer.name(Array("any\nname".utf8).span)
    writer.integer(-7)
    writer.name("array")
    writer.beginArray()
    writer.boolean(true)
    writer.boolean(false)
    writer.null()
    writer.beginArray()
    writer.endArray()
    writer.beginObject()
    writer.endObject()
    writer.raw(Array("1E400".utf8).span)
    writer.endArray()
    writer.name("after")
    writer.integer(0)
    writer.endObject()
    #expect(
      text(writer)
        == #"{"string":"a\"b","literal":"l","any\nname":-7,"array":[true,false,null,[],{},1E400],"after":0}"#
    )
  }

  @Test func writesMembers() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("a", string: Array("\t".utf8).span)
    writer.member("b", string: "x")
    writer.member("c", integer: Int.min)
    writer.member("d", boolean: true)
    writer.member("e", raw: Array("[ 1.0 ]".utf8).span)
    writer.name(raw: Array(#""\u0066""#.utf8).span)
    writer.null()
    writer.endObject()
    #expect(
      text(writer)
        == #"{"a":"\t","b":"x","c":-9223372036854775808,"d":true,"e":[ 1.0 ],"\u0066":null}"#)
  }

  @Test func escapesWhatMustBe() {
    for byte in UInt8.min..<0x80 {
      var writer = JSONWriter()
      writer.string([byte].span)
      let escaped =
        switch byte {
        case 0x22: #"\""#
        case 0x5C: #"\\"#
        case 0x08: #"\b"#
        case 0x09: #"\t"#
        case 0x0A: #"\n"#
        case 0x0C: #"\f"#
        case 0x0D: #"\r"#
        case ..<0x10: "\\u000\(String(byte, radix: 16))"
        case ..<0x20: "\\u00\(String(byte, radix: 16))"
        default: String(UnicodeScalar(byte))
        }
      #expect(text(writer) == "\"\(escaped)\"")
    }
  }

  /// Any bytes make a valid string: the same one as the standard library's repair.
  @Test func repairsUTF8AsTheStandardLibraryDoes() throws {
    var generator = SeededGenerator(stream: 1)
    let alphabet: [UInt8] = [
      0x00, 0x22, 0x41, 0x5C, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xE2,
      0xED,
      0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator)!
      }
      var writer = JSONWriter()
      writer.string(bytes.span)
      let value = try JSONDocument(writer.finish()).root
      #expect(value.string == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
    }
  }

  /// Each byte that needs an escape is found at every place of a run, wherever the run begins.
  @Test func findsSpecialBytesAtEveryOffset() throws {
    for special: [UInt8] in [[0x00], [0x1F], [0x22], [0x5C], [0xC3, 0xA9], [0x80], [0xFF]] {
      for before in 0..<20 {
        for after in 0..<20 {
          let bytes =
            Array(repeating: UInt8(ascii: "~"), count: before)
            + special + Array(repeating: 0x7F, count: after)
          var writer = JSONWriter()
          writer.string(bytes.span)
          let value = try JSONDocument(writer.finish()).root
          #expect(value.string == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
        }
      }
    }
  }
}
