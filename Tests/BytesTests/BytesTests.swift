import Testing

@testable import Bytes

@Suite struct BytesTests {
  @Test(arguments: [(0, "0"), (7, "7"), (-1, "-1"), (1200, "1200"), (Int.min, "\(Int.min)")])
  func appendsDecimals(value: Int, text: String) {
    var bytes: [UInt8] = []
    bytes.append(decimal: value)
    #expect(bytes == Array(text.utf8))
  }

  @Test(arguments: [(0, "000"), (7, "007"), (123, "123"), (1234, "1234")])
  func padsDecimals(value: Int, text: String) {
    var bytes: [UInt8] = []
    bytes.append(decimal: value, width: 3)
    #expect(bytes == Array(text.utf8))
  }

  @Test(arguments: [
    ("0", 0), ("007", 7), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("", nil),
    ("-1", nil), ("+1", nil), (" 1", nil), ("1a", nil), ("99999999999999999999", nil),
  ])
  func readsDecimals(text: String, value: Int?) {
    #expect(Int(decimal: Array(text.utf8).span) == value)
  }

  @Test(arguments: [
    ("Content-Type", true, false, true), ("content-type", true, true, false),
    ("content_type", false, false, false), ("content-types", false, false, false),
  ])
  func comparesWithLiterals(text: String, ignoringCase: Bool, exactly: Bool, prefix: Bool) {
    let bytes = Array(text.utf8)
    #expect(bytes.span.equalsIgnoringCase("content-type") == ignoringCase)
    #expect(bytes.span.equals("content-type") == exactly)
    #expect(bytes.span.hasPrefix("Content") == prefix)
  }

  @Test(arguments: [("  a b\t", "a b"), ("", ""), (" \t ", ""), ("x", "x")])
  func trimsBlanks(text: String, trimmed: String) {
    let bytes = Array(text.utf8)
    #expect(bytes.span.trimmingBlanks.copied == Array(trimmed.utf8))
  }

  /// Every start of two and three bytes, compared with the standard library's validation.
  @Test func validatesUTF8AsTheStandardLibraryDoes() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for tail: [UInt8] in [[], [0x80], [0x80, 0x80], [0x41], [0xBF, 0xC0]] {
          let bytes = [first, second] + tail
          #expect(
            (bytes.span.firstInvalidUTF8() == nil)
              == (String(validating: bytes, as: UTF8.self) != nil),
            "\(bytes)")
        }
      }
    }
  }
}
