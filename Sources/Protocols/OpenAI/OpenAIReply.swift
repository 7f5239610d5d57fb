import Bytes
import JSON

extension Reply {
  /// Chat Completions: the first choice's message; `nil` if it has no content.
  ///
  /// The metadata is flat: what the message, the choice and the envelope hold besides; of one name in several of them
  /// the outermost counts. Further choices, which only a parameter `n` brings, stay in `choices`.
  convenience init?(
    openai root: JSONValue, _ acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) {
    guard let choices = root["choices"] else { return nil }
    var rest = choices.elements
    guard let choice = rest.next(), let message = choice["message"] else { return nil }
    let details = ReplyMetadata(byteCount: byteCount)
    var content = details.insert(membersOf: message, but: "content", skippingRole: true)
    if let parts = content, let thinking = Self.thinking(in: parts) {
      content = thinking.rest
      details.insert(thinking.reasoning)
    }
    try Self.check(details["error"], nil, nil)
    let toolCalls = acceptsToolCalls ? Self.toolCalls(of: details) : []
    let said = Self.said(content, details)
    guard said != nil || !toolCalls.isEmpty else { return nil }
    _ = details.insert(membersOf: choice, but: "message")
    let word = details["finish_reason"]
    let end = FinishReason(word)
    try Self.check(details["error"], end, word)
    _ = details.insert(membersOf: root, but: "choices")
    try Self.check(details["error"], nil, nil)
    details.set("choices", elements: Array(rest))
    self.init(
      content: said.map { $0.span.copied } ?? [UInt8]("\"\""), details: details,
      finishReason: end, toolCalls: toolCalls, source: (.openai, root))
  }

  /// The content; if it is missing, what the model says to the user in other members: the refusal, the words of the
  /// audio, or nothing where images or audio are all there is.
  private static func said(_ content: JSONValue?, _ details: ReplyMetadata) -> JSONValue? {
    if let content, MessageContent.fault(in: content) == nil { return content }
    let audio = details["audio"]
    for text in [details["refusal"], audio?["transcript"]] {
      if let text, text.kind == .string, !text.isEmpty { return text }
    }
    let hasImages = details["images"]?.kind == .array && details["images"]?.isEmpty == false
    let hasAudio = audio?.kind == .object && audio?.isEmpty == false
    return hasImages || hasAudio ? (try? JSONDocument([UInt8]("\"\"")))?.root : nil
  }

  /// Mistral's content with thinking among its parts: the rest of the content, and the member that others have the
  /// reasoning in. `nil` where no part is thinking.
  private static func thinking(
    in content: JSONValue
  ) -> (rest: JSONValue?, reasoning: JSONMember)? {
    guard content.kind == .array,
      content.elements.contains(where: { $0.member("type", is: "thinking") })
    else { return nil }
    let progress = ReplyProgress(
      ByteBudget(limit: content.raw.count), continuing: [UInt8]().span, in: .openai)
    progress.append(content: content)
    var (text, reasoning) = ([UInt8]("\""), [UInt8]("{\"reasoning_content\":\""))
    for delta in progress.deltas {
      switch delta {
      case .text(let piece): text.append(copying: piece.span)
      case .reasoning(let piece): reasoning.append(copying: piece.span)
      default: break
      }
    }
    text.append("\"")
    reasoning.append("\"}")
    guard let member = (try? JSONDocument(reasoning))?.root.members.first(where: { _ in true })
    else { return nil }
    return ((try? JSONDocument(text))?.root, member)
  }

  private static func toolCalls(of details: ReplyMetadata) -> [ToolCall] {
    var toolCalls = toolCalls(in: details["tool_calls"])
    if toolCalls.isEmpty, let call = details["function_call"], call.kind == .object {
      toolCalls.append(
        ToolCall(id: nil, name: call["name"], arguments: call["arguments"], after: []))
    }
    return toolCalls
  }

  /// The calls in an array `tool_calls`.
  static func toolCalls(in list: JSONValue?) -> [ToolCall] {
    var toolCalls: [ToolCall] = []
    guard let list else { return toolCalls }
    for call in list.elements {
      if let custom = call["custom"] {
        toolCalls.append(
          ToolCall(
            id: call["id"], name: custom["name"], arguments: custom["input"], after: toolCalls))
      } else {
        let function = call["function"]
        toolCalls.append(
          ToolCall(
            id: call["id"], name: function?["name"], arguments: function?["arguments"],
            after: toolCalls))
      }
    }
    return toolCalls
  }
}
