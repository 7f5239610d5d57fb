import Bytes
import JSON

extension Reply {
  /// Messages: the text blocks, which are one text in pieces, joined; `nil` if there is no content.
  ///
  /// The metadata is the rest of the message; its `content`, if any, the other blocks, and what text blocks hold besides
  /// their text (`citations`).
  convenience init?(
    anthropic root: JSONValue, _ acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) {
    guard let blocks = root["content"], blocks.kind == .array else { return nil }
    var content: [UInt8] = [.init(ascii: "\"")]
    var rest: [JSONValue] = []
    var toolCalls: [ToolCall] = []
    var hasOthers = false
    for block in blocks.elements {
      if block.member("type", is: "text"), let text = block["text"], text.kind == .string {
        content.append(copying: text.inside)
        if let besides = Self.besidesText(block) { rest.append(besides) }
      } else {
        rest.append(block)
        guard acceptsToolCalls else { continue }
        if block.member("type", is: "tool_use") {
          toolCalls.append(
            ToolCall(
              id: block["id"], name: block["name"], input: block["input"], after: toolCalls))
        } else if !block.member("type", is: "thinking"), !block.member("type", is: "text"),
          !block.member("type", is: "redacted_thinking")
        {
          // What runs at Anthropic's, such as a search that the turn pauses for.
          hasOthers = true
        }
      }
    }
    guard content.count > 1 || !toolCalls.isEmpty || hasOthers else { return nil }
    content.append(.init(ascii: "\""))
    let details = ReplyMetadata(byteCount: byteCount)
    _ = details.insert(membersOf: root, but: "content", skippingRole: true)
    details.set("content", elements: rest)
    let word = details["stop_reason"]
    let end = FinishReason(word)
    try Self.check(details["error"], end, word)
    self.init(
      content: content, details: details, finishReason: end, toolCalls: toolCalls,
      source: (.anthropic, root))
  }

  /// A text block without its text, if it says more than that.
  private static func besidesText(_ block: JSONValue) -> JSONValue? {
    let besides = ReplyMetadata()
    var saysMore = false
    for member in block.members where !member.isNamed("text") {
      besides.insert(member)
      if !member.isNamed("type"), !member.value.isNull { saysMore = true }
    }
    guard saysMore else { return nil }
    var writer = JSONWriter()
    besides.write(to: &writer)
    return (try? JSONDocument(writer.finish()))?.root
  }
}
