import Protocols
import Testing
import TestSupport

@Suite struct MessageContentTests {
  @Test(arguments: [
    #""Hi""#, #"" ""#, #""\u0000""#, #"[{"type":"text","text":"a"}]"#,
    #"[{"type":"text","text":""},{"type":"text","text":"b"}]"#,
    #"[{"type":"image_url","image_url":{"url":"x"}}]"#,
    #"[{"type":"input_audio"},{"type":"text","text":""}]"#,
    #"[{"\u0074ype":"te\u0078t","text":"a"}]"#,
  ])
  func takes(content: String) throws {
    #expect(MessageContent.fault(in: try value(content)) == nil)
  }

  @Test(arguments: [
    ("1", "content must be a string or an array of message parts"),
    ("null", "content must be a string or an array of message parts"),
    ("{}", "content must be a string or an array of message parts"),
    (#""""#, "content must not be empty"),
    ("[]", "content must not be empty"), ("[ ]", "content must not be empty"),
    (#"[{"type":"text","text":""}]"#, "content must not be empty"),
    (#"["a"]"#, "content[0] must be an object"),
    (#"[{"type":"text","text":"a"},null]"#, "content[1] must be an object"),
    ("[{}]", "content[0].type must be a non-empty string"),
    (#"[{"type":""}]"#, "content[0].type must be a non-empty string"),
    (#"[{"type":1}]"#, "content[0].type must be a non-empty string"),
    (#"[{"type":"x"},{"type":"text"}]"#, "content[1].text must be a string"),
    (#"[{"type":"text","text":["a"]}]"#, "content[0].text must be a string"),
    (#"[{"type":"image_url"}]"#, "content[0].image_url.url must be a non-empty string"),
    (
      #"[{"type":"image_url","image_url":"http://a/"}]"#,
      "content[0].image_url.url must be a non-empty string"
    ),
    (
      #"[{"type":"image_url","image_url":{"url":""}}]"#,
      "content[0].image_url.url must be a non-empty string"
    ),
  ])
  func names(content: String, message: String) throws {
    let fault = try #require(MessageContent.fault(in: try value(content)))
    #expect(fault.message.description == message)
    #expect(message.hasPrefix(text(fault.field)))
  }
}
