import Bytes
public import JSON

extension Reply {
  /// What the model thought, as a stream would bring it: OpenAI's kind in one piece, Anthropic's block by block with
  /// what proves it. `metadata` is a reply's.
  public static func reasoning(in metadata: JSONValue?) -> [ReplyDelta] {
    var text = (metadata?["reasoning_content"]).insideOfString
    if text.isEmpty { text = (metadata?["reasoning"]).insideOfString }
    if !text.isEmpty { return [.reasoning(text)] }
    var deltas: [ReplyDelta] = []
    guard let blocks = metadata?["content"]?.elements else { return deltas }
    for block in blocks where block.member("type", is: "thinking") {
      let thinking = block["thinking"].insideOfString
      if !thinking.isEmpty { deltas.append(.reasoning(thinking)) }
      let signature = block["signature"].insideOfString
      if !signature.isEmpty { deltas.append(.signature(signature)) }
    }
    return deltas
  }
}
