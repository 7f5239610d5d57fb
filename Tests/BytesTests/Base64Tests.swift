import Foundation
import Testing

@testable import Bytes

@Suite struct Base64Tests {
  /// RFC 4648 section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func agreesWithTheExamples(text: String, base64: String) {
    var written: [UInt8] = []
    written.append(base64: Array(text.utf8).span)
    #expect(String(decoding: written, as: UTF8.self) == base64)
    #expect([UInt8](base64: Array(base64.utf8).span) == Array(text.utf8))
    let unpadded = base64.prefix { $0 != "=" }
    #expect([UInt8](base64: Array(unpadded.utf8).span) == Array(text.utf8))
  }

  @Test func agreesWithFoundation() {
    var bytes: [UInt8] = []
    for length in 0..<400 {
      var written = [UInt8]("data:")
      written.append(base64: bytes.span)
      #expect(written.dropFirst(5).elementsEqual(Data(bytes).base64EncodedData()))
      #expect([UInt8](base64: Array(written.dropFirst(5)).span) == bytes)
      bytes.append(UInt8(truncatingIfNeeded: length * 151 + 7))
    }
  }

  @Test(arguments: [
    "Z", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9", "Z g=", "Zg==Zg==", "Zm-_", "=", "====", "Zm9v=",
    "Zm9v\n", "Zä==",
  ])
  func refusesOtherTexts(text: String) {
    #expect([UInt8](base64: Array(text.utf8).span) == nil)
  }
}
