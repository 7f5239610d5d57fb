import Bytes
public import JSON

/// The content of an Anthropic message in OpenAI's words.
public struct OpenAIContent {
  /// A string, if it is one text, else an array of parts.
  public let json: [UInt8]

  /// Translates content, a string or blocks; missing content is an empty text. Results of tools are skipped, because
  /// they are messages of their own. Throws for what has no equivalent.
  public init(ofBlocks content: JSONValue?) throws(TranslationFault) {
    guard let content, content.kind == .array else {
      guard content == nil || content?.kind == .string else { throw .malformedContent }
      json = content.map { $0.span.copied } ?? [UInt8]("\"\"")
      return
    }
    var parts = OpenAIParts()
    for block in content.elements where !block.member("type", is: "tool_result") {
      try parts.append(block)
    }
    json = parts.finish() ?? [UInt8]("\"\"")
  }

  /// Joins content that is all text, a string or blocks, to one string: an empty line between two blocks. Many backends
  /// take nothing else. Any other block goes to `other`.
  init(
    joining content: JSONValue?, other: (JSONValue) throws(TranslationFault) -> Void
  ) throws(TranslationFault) {
    guard let content, content.kind == .array else {
      guard content == nil || content?.kind == .string else { throw .malformedContent }
      json = content.map { $0.span.copied } ?? [UInt8]("\"\"")
      return
    }
    var text = [UInt8]("\"")
    for block in content.elements {
      guard block.member("type", is: "text"), let piece = block["text"], piece.kind == .string
      else {
        try other(block)
        continue
      }
      if text.count > 1, !piece.isEmpty { text.append("\\n\\n") }
      text.append(copying: block["text"].insideOfString.span)
    }
    text.append("\"")
    json = text
  }
}

extension TranslationFault {
  /// A block that has no equivalent.
  static func unsupported(_ block: JSONValue) -> TranslationFault {
    guard let type = block["type"] else { return .malformedContent }
    return .unsupportedPart(type: type.string ?? [])
  }
}
