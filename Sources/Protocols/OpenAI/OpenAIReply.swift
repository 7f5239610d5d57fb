import Bytes
import JSON

extension Reply {
  /// Chat Completions: the first choice's message; `nil` if it has no content.
  ///
  /// The metadata is flat: what the message, the choice and the envelope hold besides; of one name in several of them
  /// the outermost counts. Further choices, which only a parameter `n` brings, stay in `choices`.
  convenience init?(openai root: JSONValue, _ acceptsToolCalls: Bool, byteCount: Int) {
    guard let choices = root["choices"] else { return nil }
    var rest = choices.elements
    guard let choice = rest.next(), let message = choice["message"] else { return nil }
    let details = ReplyMetadata(byteCount: byteCount)
    let content = details.insert(membersOf: message, but: "content", skippingRole: true)
    let toolCalls = acceptsToolCalls ? Self.toolCalls(openai: details["tool_calls"]) : []
    let said = Self.said(content, details["refusal"])
    guard said != nil || !toolCalls.isEmpty else { return nil }
    _ = details.insert(membersOf: choice, but: "message")
    let end = FinishReason(details["finish_reason"])
    _ = details.insert(membersOf: root, but: "choices")
    details.set("choices", elements: Array(rest))
    self.init(
      content: said.map { $0.span.copied } ?? [UInt8]("\"\""), details: details,
      finishReason: end, toolCalls: toolCalls)
  }

  /// The content; if it is missing, the refusal, which is what the model says to the user.
  private static func said(_ content: JSONValue?, _ refusal: JSONValue?) -> JSONValue? {
    if let content, MessageContent.fault(in: content) == nil { return content }
    guard let refusal, refusal.kind == .string, !refusal.isEmpty else { return nil }
    return refusal
  }

  private static func toolCalls(openai calls: JSONValue?) -> [ToolCall] {
    var toolCalls: [ToolCall] = []
    guard let elements = calls?.elements else { return toolCalls }
    for call in elements {
      guard let function = call["function"] else { continue }
      toolCalls.append(
        ToolCall(id: call["id"], name: function["name"], text: function["arguments"]))
    }
    return toolCalls
  }
}
