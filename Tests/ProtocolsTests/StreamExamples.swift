import Protocols
import Testing
import TestSupport

/// A stream of a backend, and the same reply as a whole.
struct StreamExample: Sendable, CustomTestStringConvertible {
  var name: String
  var dialect: Dialect
  var framing = StreamFraming.events
  var stream: String
  var deltas: [ReplyDelta]
  var whole: String
  var isOver = true

  var testDescription: String { name }

  /// Events with only `data`.
  static func events(_ data: String...) -> String {
    data.map { "data: \($0)\n\n" }.joined()
  }

  /// Events of Anthropic: with their type in both places.
  static func typed(_ data: (String, String)...) -> String {
    data.map { "event: \($0.0)\ndata: {\"type\":\"\($0.0)\"\($0.1)}\n\n" }.joined()
  }

  static let all: [StreamExample] =
    [openai, openaiTools, openaiLoose, anthropic, anthropicTools]
    + [custom, customLines, refusal, azure]

  static let openai = StreamExample(
    name: "openai", dialect: .openai,
    stream: events(
      chunk(#"{"role":"assistant","content":"","refusal":null}"#),
      chunk(#"{"content":"H\u00e9"}"#), chunk(#"{"content":"llo, \"wor"}"#),
      chunk(#"{"content":"ld\" \ud83d"}"#), chunk(#"{"content":"\ude00"}"#),
      chunk("{}", finish: #""stop""#),
      #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-4o","#
        + #""service_tier":"default","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#,
      "[DONE]"),
    deltas: [
      .text(bytes(#"H\u00e9"#)), .text(bytes(#"llo, \"wor"#)), .text(bytes(#"ld\" \ud83d"#)),
      .text(bytes(#"\ude00"#)),
    ],
    whole: #"{"id":"c1","object":"chat.completion","created":7,"model":"gpt-4o","#
      + #""service_tier":"default","usage":{"prompt_tokens":3,"completion_tokens":4},"#
      + #""choices":[{"index":0,"logprobs":null,"finish_reason":"stop","message":{"#
      + #""role":"assistant","content":"H\u00e9llo, \"world\" \ud83d\ude00","refusal":null}}]}"#)

  static func chunk(_ delta: String, finish: String = "null") -> String {
    #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-4o","#
      + #""service_tier":"default","choices":[{"index":0,"delta":\#(delta),"logprobs":null,"#
      + #""finish_reason":\#(finish)}],"usage":null}"#
  }

  static let openaiTools = StreamExample(
    name: "openai, tools and reasoning", dialect: .openai,
    stream: events(
      #"{"choices":[{"delta":{"role":"assistant","content":null,"reasoning_content":"h"}}]}"#,
      #"{"choices":[{"delta":{"reasoning_content":"m"},"logprobs":{"content":[{"t":1}]}}]}"#,
      #"{"choices":[{"delta":{"content":"Let me see."},"logprobs":{"content":[{"t":2},{"t":3}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":"#
        + #"{"name":"look","arguments":""}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":"#
        + #"{"name":"look","arguments":":1}"}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"t2","type":"function","function":"#
        + #"{"name":"listen","arguments":"{}"}}]}}]}"#,
      #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1}}"#,
      "[DONE]"),
    deltas: [
      .reasoning(bytes("h")), .logprobs(bytes(#"{"content":[{"t":1}]}"#)), .reasoning(bytes("m")),
      .logprobs(bytes(#"{"content":[{"t":2},{"t":3}]}"#)), .text(bytes("Let me see.")),
      .toolCall(index: 0, id: bytes("t1"), name: bytes("look")),
      .arguments(index: 0, bytes(#"{\"a\""#)), .arguments(index: 0, bytes(":1}")),
      .toolCall(index: 1, id: bytes("t2"), name: bytes("listen")),
      .arguments(index: 1, bytes("{}")),
    ],
    whole: #"{"object":"chat.completion","usage":{"prompt_tokens":1},"choices":[{"message":{"#
      + #""content":"Let me see.","reasoning_content":"hm","tool_calls":[{"id":"t1","#
      + #""type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},{"id":"t2","#
      + #""type":"function","function":{"name":"listen","arguments":"{}"}}]},"#
      + #""logprobs":{"content":[{"t":1},{"t":2},{"t":3}]},"finish_reason":"tool_calls"}]}"#)

  /// Deviations of real backends: no `[DONE]`, comments, CRLF, calls without an index.
  static let openaiLoose = StreamExample(
    name: "openai, loosely", dialect: .openai,
    stream:
      ": OPENROUTER PROCESSING\r\n\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n"
      + "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"f\","
      + "\"arguments\":\"1\"}}]}}]}\r\n\r\n"
      + "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"y\",\"function\":{\"name\":\"f\","
      + "\"arguments\":\"2\"}}]}},{\"index\":1,\"delta\":{\"content\":\"other\"}}]}\r\n\r\n"
      + "data: not JSON\r\n\r\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n",
    deltas: [
      .text(bytes("a")), .toolCall(index: 0, id: bytes("x"), name: bytes("f")),
      .arguments(index: 0, bytes("1")), .toolCall(index: 1, id: bytes("y"), name: bytes("f")),
      .arguments(index: 1, bytes("2")),
    ],
    whole: #"{"object":"chat.completion","choices":[{"message":{"content":"a","tool_calls":["#
      + #"{"id":"x","function":{"name":"f","arguments":"1"}},"#
      + #"{"id":"y","function":{"name":"f","arguments":"2"}}]},"finish_reason":"stop"}]}"#,
    isOver: false)

  static let anthropic = StreamExample(
    name: "anthropic", dialect: .anthropic,
    stream: typed(
      (
        "message_start",
        #","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","#
          + #""content":[],"stop_reason":null,"stop_sequence":null,"#
          + #""usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":1}}"#
      ),
      ("content_block_start", #","index":0,"content_block":{"type":"thinking","thinking":""}"#),
      ("ping", ""),
      ("content_block_delta", #","index":0,"delta":{"type":"thinking_delta","thinking":"h"}"#),
      ("content_block_delta", #","index":0,"delta":{"type":"thinking_delta","thinking":"m"}"#),
      ("content_block_delta", #","index":0,"delta":{"type":"signature_delta","signature":"s="}"#),
      ("content_block_stop", #","index":0"#),
      ("content_block_start", #","index":1,"content_block":{"type":"text","text":""}"#),
      ("content_block_delta", #","index":1,"delta":{"type":"text_delta","text":"Hel"}"#),
      ("something_new", #","index":1"#),
      ("content_block_delta", #","index":1,"delta":{"type":"text_delta","text":"lo\n"}"#),
      (
        "content_block_delta",
        #","index":1,"delta":{"type":"citations_delta","citation":{"cited_text":"x"}}"#
      ), ("content_block_stop", #","index":1"#),
      (
        "message_delta",
        #","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}"#
      ), ("message_stop", "")),
    deltas: [
      .reasoning(bytes("h")), .reasoning(bytes("m")), .signature(bytes("s=")), .text(bytes("Hel")),
      .text(bytes(#"lo\n"#)),
    ],
    whole: #"{"id":"msg_1","type":"message","role":"assistant","model":"claude","#
      + #""stop_reason":"end_turn","stop_sequence":null,"#
      + #""usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":15},"content":["#
      + #"{"type":"thinking","thinking":"hm","signature":"s="},"#
      + #"{"type":"text","text":"Hello\n","citations":[{"cited_text":"x"}]}]}"#)

  static let anthropicTools = StreamExample(
    name: "anthropic, tools", dialect: .anthropic,
    stream: typed(
      ("message_start", #","message":{"usage":{"input_tokens":2}}"#),
      ("content_block_start", #","index":0,"content_block":{"type":"text","text":"Now"}"#),
      (
        "content_block_start",
        #","index":1,"content_block":{"type":"tool_use","id":"t1","name":"look","input":{}}"#
      ),
      ("content_block_delta", #","index":1,"delta":{"type":"input_json_delta","partial_json":""}"#),
      (
        "content_block_delta",
        #","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}"#
      ),
      (
        "content_block_delta",
        #","index":1,"delta":{"type":"input_json_delta","partial_json":": [1]}"}"#
      ), ("content_block_stop", #","index":1"#),
      (
        "content_block_start",
        #","index":2,"content_block":{"type":"tool_use","id":"t2","name":"wait","input":{}}"#
      ), ("content_block_stop", #","index":2"#),
      ("message_delta", #","delta":{"stop_reason":"tool_use"}"#), ("message_stop", "")),
    deltas: [
      .text(bytes("Now")), .toolCall(index: 0, id: bytes("t1"), name: bytes("look")),
      .arguments(index: 0, bytes(#"{\"a\""#)), .arguments(index: 0, bytes(": [1]}")),
      .toolCall(index: 1, id: bytes("t2"), name: bytes("wait")),
      .arguments(index: 1, bytes("{}")),
    ],
    whole: #"{"usage":{"input_tokens":2},"stop_reason":"tool_use","content":["#
      + #"{"type":"text","text":"Now"},"#
      + #"{"type":"tool_use","id":"t1","name":"look","input":{"a": [1]}},"#
      + #"{"type":"tool_use","id":"t2","name":"wait","input":{}}]}"#)

  static let custom = StreamExample(
    name: "custom", dialect: .custom,
    stream: events(
      #"{"content":"He","model":"m0"}"#, #"{"content":"y"}"#, "[1]",
      #"{"content":[{"type":"text","text":"!"}],"attachments":[{"url":"a"}]}"#,
      #"{"metadata":{"a":1},"attachments":[{"url":"b"}],"model":"m1"}"#,
      #"{"metadata":{"a":2,"usage":{"input_tokens":9}},"finish_reason":"stop"}"#, " [DONE]"),
    deltas: [.text(bytes("He")), .text(bytes("y")), .text(bytes("!"))],
    whole: #"{"model":"m1","attachments":[{"url":"a"},{"url":"b"}],"#
      + #""metadata":{"a":2,"usage":{"input_tokens":9}},"finish_reason":"stop","content":"Hey!"}"#)

  static let customLines = StreamExample(
    name: "custom, lines", dialect: .custom, framing: .lines,
    stream: "{\"content\":\"He\"}\n\n{\"content\":\"y\"}\r\nnull\n{\"done\":true,\"x\":[1]}",
    deltas: [.text(bytes("He")), .text(bytes("y"))], whole: #"{"x":[1],"content":"Hey"}"#)

  static let refusal = StreamExample(
    name: "openai, a refusal", dialect: .openai,
    stream: events(
      #"{"choices":[{"index":0,"delta":{"content":null,"refusal":"I "}}]}"#,
      #"{"choices":[{"index":0,"delta":{"refusal":"won't."},"finish_reason":"stop"}]}"#),
    deltas: [.refusal(bytes("I ")), .refusal(bytes("won't."))],
    whole: #"{"object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"#
      + #""content":"I won't.","refusal":"I won't."}}]}"#,
    isOver: false)

  static let azure = StreamExample(
    name: "openai, as Azure has it", dialect: .openai,
    stream: events(
      #"{"choices":[],"id":"","model":"","prompt_filter_results":[{"x":1}]}"#,
      #"{"choices":[{"delta":{"content":"a","role":"assistant"},"index":0}],"id":"c","model":"m"}"#,
      #"{"choices":[{"delta":{},"finish_reason":"stop","index":0}],"id":"c","model":"m"}"#, "[DONE]"
    ),
    deltas: [.text(bytes("a"))],
    whole: #"{"id":"c","model":"m","prompt_filter_results":[{"x":1}],"object":"chat.completion","#
      + #""choices":[{"index":0,"finish_reason":"stop","message":{"content":"a"}}]}"#)
}
