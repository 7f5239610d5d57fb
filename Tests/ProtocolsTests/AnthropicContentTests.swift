import Protocols
import Testing
import TestSupport

/// How messages in OpenAI's form are sent to Anthropic.
@Suite struct AnthropicContentTests {
  private let plain = RequestProfile(
    dialect: .anthropic, model: bytes("m"), botID: bytes("b"), botName: bytes("b"))

  /// The `messages` of a request.
  private func messages(_ messages: [(MessageRole, String)]) throws -> String {
    let body = try encode(plain, messages)
    return text(Array(try value(body)["messages"]!.raw))
  }

  @Test(arguments: [
    (
      #"[{"type":"text","text":"a\u0062","cache_control":{"type":"ephemeral"}}]"#,
      #"[{"type":"text","text":"a\u0062","cache_control":{"type":"ephemeral"}}]"#
    ),
    (
      #"[{"type":"image_url","image_url":{"url":"https:\/\/example.org/a.png?b=\"","detail":"low"}}]"#,
      #"[{"type":"image","source":{"type":"url","url":"https:\/\/example.org/a.png?b=\""}}]"#
    ),
    (
      #"[{"type":"image_url","image_url":{"url":"HTTP://10.0.0.1/a"}}]"#,
      #"[{"type":"image","source":{"type":"url","url":"HTTP://10.0.0.1/a"}}]"#
    ),
    (
      #"[{"type":"image_url","image_url":{"url":"data:image\/PNG;base64,iVBOR\/+="}}]"#,
      #"[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBOR/+="}}]"#
    ),
    (
      #"[{"type":"image_url","image_url":{"url":"Data:image/webp;charset=x;BASE64,AA=="}}]"#,
      #"[{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AA=="}}]"#
    ),
    (
      #"[{"type":"image_url","image_url":"https://a/"}]"#,
      #"[{"type":"image","source":{"type":"url","url":"https://a/"}}]"#
    ),
    (
      #"[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]"#,
      #"[{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}}]"#
    ),
    (
      #"[{"type":"file","file":{"file_data":"data:application/PDF;base64,AA=="}},{"type":"text","text":"a"}]"#,
      #"[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}},{"type":"text","text":"a"}]"#
    ),
    (
      #"[{"type":"text","text":""},{"type":"text","text":" \n\r\t"},{"type":"text","text":" a"}]"#,
      #"[{"type":"text","text":" a"}]"#
    ),
    (
      #"[{"type":"text","text":" "},{"type":"image_url","image_url":{"url":"http://a/"}}]"#,
      #"[{"type":"image","source":{"type":"url","url":"http://a/"}}]"#
    ),
    (
      #"[{"type":"refusal","refusal":"I can\u0027t."}]"#,
      #"[{"type":"text","text":"I can\u0027t."}]"#
    ),
    (#"" \\ ""#, #"" \\ ""#), (#"" \" ""#, #"" \" ""#), (#""\u0000""#, #""\u0000""#),
  ])
  func translates(content: String, translated: String) throws {
    #expect(
      try messages([(.user, content)]) == "[{\"role\":\"user\",\"content\":\(translated)}]")
  }

  @Test(
    arguments: [
      (#"[{"type":"input_audio","input_audio":{}}]"#, .unsupportedPart(type: bytes("input_audio"))),
      (
        #"[{"type":"text","text":"a"},{"type":"\u0000"}]"#, .unsupportedPart(type: [0])
      ),
      (#"[{"type":"file","file":{"file_id":"f"}}]"#, .unsupportedPart(type: bytes("file"))),
      (
        #"[{"type":"file","file":{"file_data":"data:text/plain;base64,AA=="}}]"#,
        .unsupportedPart(type: bytes("file"))
      ),
      (#"[{"type":"image_url","image_url":{"url":"ftp://a/"}}]"#, .unsupportedImage),
      (#"[{"type":"image_url","image_url":{"url":"data:image/png,abc"}}]"#, .unsupportedImage),
      (#"[{"type":"image_url","image_url":{"url":"data:image/png;base64"}}]"#, .unsupportedImage),
      (#"[{"type":"image_url","image_url":{"url":"data:;base64,AA=="}}]"#, .unsupportedImage),
      (
        #"[{"type":"image_url","image_url":{"url":"data:text/html;base64,AA"}}]"#, .unsupportedImage
      ),
      (#"[{"type":"image_url","image_url":{"url":""}}]"#, .unsupportedImage),
      (#"[{"type":"refusal"}]"#, .unsupportedPart(type: bytes("refusal"))),
      (#"[{"type":"image_url"}]"#, .malformedContent),
      (#"[{"type":"text"}]"#, .malformedContent),
      (#"[{}]"#, .malformedContent), ("[1]", .malformedContent), ("{}", .malformedContent),
      ("", .malformedContent), ("[", .malformedContent), ("null", .malformedContent),
      (#""""#, .blankMessage), (#"" \t\r\n""#, .blankMessage), ("[]", .blankMessage),
      (#"[{"type":"text","text":" "},{"type":"text","text":""}]"#, .blankMessage),
    ] as [(String, TranslationFault)])
  func refuses(content: String, fault: TranslationFault) {
    #expect(throws: fault) { try encode(plain, [(.user, content)]) }
  }

  @Test func takesNoImagesOfTheAssistant() {
    let image = #"[{"type":"image_url","image_url":{"url":"http://a/"}}]"#
    #expect(throws: TranslationFault.imageInReply) {
      try encode(plain, [(.user, image), (.assistant, image), (.user, "\"a\"")])
    }
  }

  @Test func beginsWithTheUser() throws {
    #expect(
      try messages([
        (.assistant, "\"x\""), (.assistant, "[{\"type\":\"unknown\"}]"), (.user, "\"a\""),
        (.assistant, "\"b\""), (.user, "\"c\""),
      ])
        == #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]"#
    )
  }

  @Test func leavesBlankMessagesOfTheHistoryOut() throws {
    #expect(
      try messages([
        (.user, "\" \""), (.assistant, "\"x\""), (.user, "\"a\""), (.assistant, #""\n""#),
        (.user, "\"c\""),
      ]) == #"[{"role":"user","content":"a"},{"role":"user","content":"c"}]"#)
  }

  @Test(arguments: [
    (TranslationFault.unsupportedPart(type: bytes("input_audio")), "type input_audio"),
    (.unsupportedPart(type: bytes("a b")), "of this type"),
    (.unsupportedPart(type: Array(repeating: 0x41, count: 65)), "of this type"),
    (.unsupportedImage, "data: URL"), (.imageInReply, "image"), (.blankMessage, "white space"),
    (.malformedContent, "array of message parts"),
  ])
  func says(fault: TranslationFault, words: String) {
    #expect(fault.message.description.contains(words))
  }
}
