import Protocols
import Testing
import TestSupport

@Suite struct LargePartsTests {
  private static let data = String(repeating: "A", count: 1900)

  private static func replaced(_ content: [UInt8]) -> [UInt8]? {
    MessageContent.replacingLargeParts(of: content.span, over: 1500)
  }

  @Test(arguments: [
    (
      #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(data)"}}"#,
      "image, image/png, 2 KB"
    ),
    (#"{"type":"image_url","image_url":{"url":"https://e.com/\#(data)"}}"#, "image, 2 KB"),
    (
      #"{"type":"input_audio","input_audio":{"data":"\#(data)","format":"mp3"}}"#,
      "audio, mp3, 2 KB"
    ),
    (#"{"type":"file","file":{"file_data":"\#(data)","filename":"a.pdf"}}"#, "file, a.pdf, 2 KB"),
    (#"{"type":"file","file":{"filename":"\#(data)"}}"#, "file, 2 KB"),
    (#"{"type":"video","video":"\#(data)"}"#, "video, 2 KB"),
    (#"{"type":"\#(data)"}"#, "part, 2 KB"),
  ])
  func replacesAPart(part: String, name: String) {
    let content = bytes(#"[{"type":"text","text":"\#(Self.data)"},\#(part)]"#)
    let kept = Self.replaced(content)
    #expect(
      kept.map { text($0) }
        == #"[{"type":"text","text":"\#(Self.data)"},{"type":"text","text":"[\#(name), no longer available]"}]"#
    )
  }

  @Test func leavesTheRest() {
    for content in [
      #""\#(Self.data)""#, #"[{"type":"text","text":"\#(Self.data)"}]"#,
      #"[{"type":"image_url","image_url":{"url":"u"}}]"#,
    ] {
      #expect(Self.replaced(bytes(content)) == nil)
    }
  }
}
