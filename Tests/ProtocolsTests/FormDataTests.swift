import Bytes
import TestSupport
import Testing

@testable import Protocols

/// Forms with a recording: what is found in them, and what is refused.
@Suite(.seeded) struct FormDataTests {
  private static func part(_ name: String, _ value: String, _ more: String = "") -> String {
    "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\(more)\r\n\r\n\(value)\r\n"
  }

  private static let modelPart: String = part("model", "voice")
  private static let filePart: String = part(
    "file", "\u{0}RIFF\r\n--\r\n--c\r\n--bc\r\n", "; filename=\"a.wav\"\r\nContent-Type: audio/wav")
  private static let ending: String = "--b--\r\n"

  private func form(
    _ body: String, _ type: String = "multipart/form-data; boundary=b"
  ) throws(FormFault) -> FormData {
    try FormData(bytes(body), bytes(type))
  }

  private func model(of form: FormData) -> String {
    String(decoding: form.bytes[form.model], as: UTF8.self)
  }

  @Test(
    arguments: [
      (modelPart + filePart + ending, "multipart/form-data; boundary=b"),
      (filePart + modelPart + ending, "multipart/form-data; boundary=\"b\""),
      (filePart + modelPart + "--b--", "Multipart/Form-Data;BOUNDARY=b"),
      ("\r\n" + modelPart + filePart + ending, "multipart/form-data; charset=utf-8; boundary=b;"),
      (
        (modelPart + filePart + ending).replacing("--b\r\n", with: "--b \t\r\n"),
        "multipart/form-data; boundary=b"
      ),
      (
        filePart
          + modelPart.replacing(
            "Content-Disposition: form-data; name=\"model\"",
            with:
              "content-type: text/plain\r\nCONTENT-DISPOSITION:Form-Data;Name=model") + ending,
        "multipart/form-data; boundary=b"
      ),
      // The empty line after the fields of a part without content is that before the delimiter.
      (
        "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n" + modelPart + filePart
          + ending,
        "multipart/form-data; boundary=b"
      ),
    ] as [(String, String)])
  func theModelIsFound(body: String, type: String) throws {
    let form = try form(body, type)
    #expect(model(of: form) == "voice")
    #expect(!form.isStreaming)
    #expect(form.bytes == bytes(body))
  }

  @Test(arguments: [("true", true), ("True", true), ("1", true), ("false", false), ("", false)])
  func aStreamIsAskedFor(value: String, expected: Bool) throws {
    let form = try form(Self.part("stream", value) + Self.modelPart + Self.filePart + Self.ending)
    #expect(form.isStreaming == expected)
  }

  @Test func aThousandPartsAreRead() throws {
    let parts = String(repeating: Self.part("timestamp_granularities[]", "word"), count: 1000)
    #expect(model(of: try form(parts + Self.modelPart + Self.filePart + Self.ending)) == "voice")
  }

  @Test(
    arguments: [
      "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"b",
      "multipart/form-data; boundary=b; boundary=b", "multipart/form-data; boundary=\"b \"",
      "multipart/form-data; boundary=b x", "multipart/form-data; boundary=\"b\u{1}\"",
      "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "; boundary", "",
    ])
  func aBoundaryIsNeeded(type: String) {
    #expect(throws: FormFault("its Content-Type has no valid boundary")) {
      try form(Self.modelPart + Self.filePart + Self.ending, type)
    }
  }

  private static let malformed: [(body: String, reason: String)] = [
    ("", "it does not begin with the boundary of its Content-Type"),
    ("--b", "it does not begin with the boundary of its Content-Type"),
    (
      "preamble\r\n" + modelPart + filePart + ending,
      "it does not begin with the boundary of its Content-Type"
    ),
    (modelPart + filePart, "it ends before its last boundary"),
    (modelPart + filePart + "--b", "it ends before its last boundary"),
    (modelPart + filePart + "--b-", "it ends before its last boundary"),
    (
      modelPart + filePart + ending.replacing("--b", with: "--c"),
      "it ends before its last boundary"
    ),
    ("--b\r\n", "it ends before its last boundary"),
    ("--b\r\nContent-Disposition: form-data", "it ends before its last boundary"),
    (modelPart + filePart + ending + "more", "it continues after its last boundary"),
    ("--b\r\n\r\nx\r\n--b--", "a part needs one Content-Disposition: form-data, with one name"),
    (
      "--b\r\nContent-Disposition: attachment; name=\"model\"\r\n\r\nx\r\n--b--",
      "a part needs one Content-Disposition: form-data, with one name"
    ),
    (
      "--b\r\nContent-Disposition: form-data; name=\"model\r\n\r\nx\r\n--b--",
      "a part needs one Content-Disposition: form-data, with one name"
    ),
    (
      "--b\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n--b--",
      "a part needs one Content-Disposition: form-data, with one name"
    ),
    ("--b\r\nno field\r\n\r\nx\r\n--b--", "a header field of a part is invalid"),
    ("--b\r\n folded: x\r\n\r\nx\r\n--b--", "a header field of a part is invalid"),
    ("--b\r\na\u{0}: x\r\n\r\nx\r\n--b--", "a header field of a part is invalid"),
    ("--b\r\na: x\n\r\nx\r\n--b--", "a header field of a part is invalid"),
    (
      "--b\r\na: " + String(repeating: "x", count: 16384) + "\r\n\r\nx\r\n--b--",
      "the header fields of a part exceed 16384 bytes"
    ),
    (
      String(repeating: part("a", ""), count: 1025) + ending, "it has more than 1024 parts"
    ),
  ]

  @Test(arguments: malformed)
  func whatIsMalformedIsRefused(body: String, reason: String) {
    #expect(throws: FormFault(Text(bytes(reason)))) { try form(body) }
  }

  @Test(
    arguments: [
      (filePart + ending, "model"), (part("model", "") + filePart + ending, "model"),
      (ending, "model"),
      (modelPart + filePart + modelPart + ending, "model"), (modelPart + ending, "file"),
    ] as [(String, String)])
  func whatIsMissingIsNamed(body: String, field: String) {
    let fault = #expect(throws: FormFault.self) { try form(body) }
    #expect(fault?.field.map { "\($0)" } == field)
  }

  /// Every beginning of a form, and forms with bytes changed, are read or refused.
  @Test func noBytesAreFatal() throws {
    let whole = bytes(Self.modelPart + Self.filePart + Self.ending)
    let type = bytes("multipart/form-data; boundary=b")
    for count in whole.indices where count < whole.count - 2 {
      #expect(throws: FormFault.self) { try FormData(Array(whole[..<count]), type) }
    }
    var generator = SeededGenerator()
    let alphabet = bytes("\r\n-b:;=\" \u{0}amodel")
    for _ in 0..<20_000 {
      var body = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        body[Int.random(in: body.indices, using: &generator)] =
          alphabet[Int.random(in: alphabet.indices, using: &generator)]
      }
      if let form = try? FormData(body, type) { #expect(form.model.upperBound < body.count) }
    }
  }
}
