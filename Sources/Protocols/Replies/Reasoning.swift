import Bytes
import JSON

extension Reply {
  /// What the model thought, as a stream would bring it.
  ///
  /// Backends with OpenAI's interface have a text, or pieces of it. Anthropic has `thinking` blocks, each with a
  /// signature.
  var reasoning: [ReplyDelta] {
    @inline(never)
    get { findReasoning() }
  }

  private func findReasoning() -> [ReplyDelta] {
    var text = details["reasoning_content"].insideOfString
    if text.isEmpty { text = details["reasoning"].insideOfString }
    if text.isEmpty {
      for detail in details.elements(of: "reasoning_details") {
        text += detail.textOfReasoningDetail.insideOfString
      }
    }
    if text.isEmpty {
      for item in details.elements(of: "output") where item.member("type", is: "reasoning") {
        let piece = item.reasoningOfItem
        if !text.isEmpty, !piece.isEmpty { text.append("\\n\\n") }
        text += piece
      }
    }
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

/// Where messages and deltas in OpenAI's interface have the model's thinking.
///
/// It is a text in `reasoning_content` (DeepSeek, vLLM, llama.cpp) or `reasoning` (OpenRouter, Ollama), under both
/// names (some), or in pieces (OpenRouter).
extension JSONValue {
  /// Whether a member of this name has thinking.
  var isNameOfReasoning: Bool {
    equals("reasoning_content") || equals("reasoning") || equals("reasoning_details")
  }

  /// The thinking as one text.
  var reasoning: JSONValue? {
    @inline(never)
    get {
      for name in ["reasoning_content", "reasoning"] as [StaticString] {
        if let text = self[name], text.kind == .string, !text.isEmpty { return text }
      }
      return nil
    }
  }

  /// The texts of a content part, where that is thinking as Mistral has it: a text, or parts with texts.
  var textsOfThinking: [JSONValue] {
    guard member("type", is: "thinking"), let thinking = self["thinking"] else { return [] }
    let texts = thinking.kind == .string ? [thinking] : thinking.elements.compactMap { $0["text"] }
    return texts.filter { $0.kind == .string }
  }

  /// The text of an element of `reasoning_details`: of thinking, or of a summary. Encrypted thinking has none.
  var textOfReasoningDetail: JSONValue? { self["text"].present ?? self["summary"] }
}

extension ReplyProgress {
  /// The thinking in a message or delta in OpenAI's interface, once, even if it has two names there.
  @inline(never)
  func append(reasoningOf delta: JSONValue) {
    if let text = delta.reasoning { return append(reasoning: text) }
    guard let details = delta["reasoning_details"] else { return }
    for detail in details.elements {
      if let text = detail.textOfReasoningDetail { append(reasoning: text) }
      note(.thinking)
    }
  }
}
