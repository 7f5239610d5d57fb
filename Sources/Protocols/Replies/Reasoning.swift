import Bytes
import JSON

extension Reply {
  /// What the model thought, as a stream would bring it: the one place that knows where vendors put it.
  ///
  /// OpenAI's kin have a text in `reasoning_content` (DeepSeek, vLLM, llama.cpp) or `reasoning` (OpenRouter, Ollama).
  /// Anthropic has `thinking` blocks, each with a signature that proves it.
  var reasoning: [ReplyDelta] {
    @inline(never)
    get { findReasoning() }
  }

  private func findReasoning() -> [ReplyDelta] {
    var text = details["reasoning_content"].insideOfString
    if text.isEmpty { text = details["reasoning"].insideOfString }
    if !text.isEmpty { return [.reasoning(text)] }
    var deltas: [ReplyDelta] = []
    for block in details.elements(of: "content") where block.member("type", is: "thinking") {
      let thinking = block["thinking"].insideOfString
      if !thinking.isEmpty { deltas.append(.reasoning(thinking)) }
      let signature = block["signature"].insideOfString
      if !signature.isEmpty { deltas.append(.signature(signature)) }
    }
    return deltas
  }

  /// What the model thought as one text, a JSON string; `nil` if it thought nothing.
  var reasoningText: [UInt8]? {
    var joined = [UInt8]("\"")
    for case .reasoning(let text) in reasoning { joined.append(copying: text.span) }
    guard joined.count > 1 else { return nil }
    joined.append("\"")
    return joined
  }
}

extension JSONValue {
  /// The reasoning in a message or delta of OpenAI's kin; some send it under both names.
  var reasoning: JSONValue? {
    @inline(never)
    get {
      for name in ["reasoning_content", "reasoning"] as [StaticString] {
        if let text = self[name], text.kind == .string, !text.isEmpty { return text }
      }
      return nil
    }
  }
}
