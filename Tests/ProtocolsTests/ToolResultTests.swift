import JSON
import Protocols
import Testing
import TestSupport

/// Results of tools, images and documents of Anthropic's clients, as OpenAI's backends are sent them.
@Suite struct ToolResultTests {
  private static func messages(_ content: String) throws -> String {
    let root = try value(#"{"messages":[{"role":"user","content":[\#(content)]}]}"#)
    let chat = ChatRequest(.anthropic, body: root, messages: try #require(root["messages"]))
    let profile = RequestProfile(
      dialect: .openai, model: bytes("m"), botID: bytes("b"), botName: bytes("B"))
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    try encoder.append(messagesOf: chat)
    let whole = text(try encoder.finish().bytes)
    return String(whole.dropFirst(#"{"model":"m","messages":["#.count).dropLast(2))
  }

  private static let image =
    #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}"#
  private static let imagePart =
    #"{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}"#
  private static let pdf =
    #"{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}}"#
  private static let pdfPart =
    #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}}"#

  private static func result(_ id: String, _ content: String) -> String {
    #"{"type":"tool_result","tool_use_id":"\#(id)","content":[\#(content)]}"#
  }

  private static func part(_ text: String) -> String { #"{"type":"text","text":"\#(text)"}"# }

  static let table: [(String, String)] = [
    (
      result("t1", part("a") + "," + image),
      #"{"role":"tool","tool_call_id":"t1","content":"a"},{"role":"user","content":[\#(imagePart)]}"#
    ),
    (
      result("t1", image),
      #"{"role":"tool","tool_call_id":"t1","content":"The result is in the next message."},"#
        + #"{"role":"user","content":[\#(imagePart)]}"#
    ),
    // All results come before the message of the user's, which has what they attach first.
    (
      part("b") + "," + result("t1", image + "," + part("a")) + "," + result("t2", pdf),
      #"{"role":"tool","tool_call_id":"t1","content":"a"},"#
        + #"{"role":"tool","tool_call_id":"t2","content":"The result is in the next message."},"#
        + #"{"role":"user","content":[\#(imagePart),\#(pdfPart),\#(part("b"))]}"#
    ),
    (
      result("t1", part("a") + "," + part("b")),
      #"{"role":"tool","tool_call_id":"t1","content":"a\n\nb"}"#
    ),
    (
      result(
        "t1", #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"d"}}"#),
      #"{"role":"tool","tool_call_id":"t1","content":"The result is in the next message."},"#
        + #"{"role":"user","content":"d"}"#
    ),
    (
      result(
        "t1",
        #"{"type":"search_result","title":"T","source":"https://x","content":[{"type":"text","text":"s"}]}"#
      ),
      #"{"role":"tool","tool_call_id":"t1","content":"The result is in the next message."},"#
        + #"{"role":"user","content":[\#(part(#"T\nhttps://x"#)),\#(part("s"))]}"#
    ),
    // The same in a message without results.
    (pdf + "," + part("a"), #"{"role":"user","content":[\#(pdfPart),\#(part("a"))]}"#),
    (
      #"{"type":"document","source":{"type":"content","content":[\#(part("a")),\#(image)]}}"#,
      #"{"role":"user","content":[\#(part("a")),\#(imagePart)]}"#
    ),
    (
      #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QQ=="}}"#,
      #"{"role":"user","content":[{"type":"file","file":{"filename":"document.pdf","#
        + #""file_data":"data:application/pdf;base64,QQ=="}}]}"#
    ),
  ]

  @Test(arguments: table) func attachesWhatToolsCannotSay(from: String, to: String) throws {
    #expect(try Self.messages(from) == to)
  }

  @Test(
    arguments: [
      #"{"type":"document","source":{"type":"url","url":"https://x/y.pdf"}}"#,
      #"{"type":"document","source":{"type":"file","file_id":"f"}}"#,
      #"{"type":"tool_reference","tool_name":"f"}"#, #"{"type":"container_upload"}"#,
    ])
  func namesWhatHasNoEquivalent(block: String) throws {
    for content in [block, Self.result("t", block)] {
      let fault = try #require(throws: TranslationFault.self) { try Self.messages(content) }
      #expect(text(fault.field) == "messages")
    }
  }
}
