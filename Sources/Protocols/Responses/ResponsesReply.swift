import Bytes
import JSON

extension Reply {
  /// Responses: the texts of the messages in the output, joined; `nil` if there is no content.
  ///
  /// The metadata is the rest of the response; its `output` the items that are not messages.
  convenience init?(
    responses root: JSONValue, _ acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) {
    try Self.check(root["error"], nil, nil)
    guard let output = root["output"], output.kind == .array else { return nil }
    var text = [UInt8]("\"")
    var rest: [JSONValue] = []
    var toolCalls: [ToolCall] = []
    var (hasOthers, hasText) = (false, false)
    for item in output.elements {
      if item.member("type", is: "message") {
        guard let parts = item["content"] else { continue }
        for part in parts.elements {
          if part["text"]?.isEmpty == false { hasText = true }
          text += (part["text"] ?? part["refusal"]).insideOfString
        }
        continue
      }
      rest.append(item)
      guard acceptsToolCalls else { continue }
      if item.member("type", is: "function_call") {
        toolCalls.append(
          ToolCall(
            id: item["call_id"], name: item["name"], arguments: item["arguments"],
            after: toolCalls))
      } else if !item.member("type", is: "reasoning") {
        // What runs at the backend's, or what only clients of this interface know.
        hasOthers = true
      }
    }
    text.append("\"")
    guard text.count > 2 || !toolCalls.isEmpty || hasOthers else { return nil }
    let status = root["status"].present
    let isIncomplete = status?.equals("incomplete") == true
    let word = isIncomplete ? root["incomplete_details"]?["reason"] ?? status : status
    let end = FinishReason(word)
    try Self.check(nil, end, word)
    let details = ReplyMetadata(byteCount: byteCount)
    _ = details.insert(membersOf: root, but: "output")
    if !hasText, text.count > 2 {
      // As Chat Completions have it.
      let refusal = try? JSONDocument([UInt8]("{\"refusal\":") + text + [UInt8]("}"))
      if let refusal { _ = details.insert(membersOf: refusal.root, but: "") }
    }
    details.set("output", elements: rest)
    self.init(
      content: text, details: details, finishReason: end, toolCalls: toolCalls,
      source: (.responses, root))
  }
}
