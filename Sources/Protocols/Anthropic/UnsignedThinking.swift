import JSON

extension JSONValue {
  /// Whether this is a block of thinking that Anthropic has not signed: the reasoning of another backend, as Postern
  /// gives it to Anthropic's clients.
  var isUnsignedThinking: Bool {
    member("type", is: "thinking") && self["signature"].insideOfString.isEmpty
  }
}

extension RequestEncoder {
  /// Appends a client's message byte for byte, but for thinking that Anthropic would refuse. A message that is nothing
  /// else is left out.
  mutating func append(withoutUnsignedThinking message: JSONValue) {
    let blocks = message["content"]
    guard message.member("role", is: "assistant"), let blocks, blocks.kind == .array,
      blocks.elements.contains(where: { $0.isUnsignedThinking })
    else { return append(unchanged: message) }
    guard blocks.elements.contains(where: { !$0.isUnsignedThinking }) else { return }
    beginBlocks(.assistant)
    for block in blocks.elements where !block.isUnsignedThinking { writer.raw(block.span) }
    endBlocks()
  }
}
