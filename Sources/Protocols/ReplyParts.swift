import Bytes
import JSON

/// A reply taken apart for the shapes that have no place for a part as it came.
struct ReplyParts {
  /// The content as one text, a JSON string; of message parts the texts are joined.
  let text: [UInt8]
  /// What the model thought, a JSON string.
  let reasoning: [UInt8]?
  /// Anthropic's blocks that hold it, as they came.
  let thinkingBlocks: [JSONValue]
  /// What else the backend sent.
  let metadata: JSONValue?

  init(_ reply: Reply) {
    text = Self.text(of: reply.content)
    metadata = try? JSONDocument(reply.metadata).root
    var blocks: [JSONValue] = []
    if let elements = metadata?["content"]?.elements {
      for block in elements {
        guard let type = block["type"] else { continue }
        if type.equals("thinking") || type.equals("redacted_thinking") { blocks.append(block) }
      }
    }
    thinkingBlocks = blocks
    reasoning = Self.reasoning(metadata)
  }

  /// Whether the content says nothing.
  var isEmpty: Bool { text.count <= 2 }

  private static func text(of content: [UInt8]) -> [UInt8] {
    if content.span.hasPrefix("\"") { return content }
    var joined = [UInt8]("\"")
    if let elements = (try? JSONDocument(content))?.root.elements {
      for part in elements where part.member("type", is: "text") {
        if let text = part["text"] { joined.append(insideOf: text) }
      }
    }
    joined.append("\"")
    return joined
  }

  private static func reasoning(_ metadata: JSONValue?) -> [UInt8]? {
    var joined = [UInt8]("\"")
    for case .reasoning(let text) in Reply.reasoning(in: metadata) {
      joined.append(copying: text.span)
    }
    guard joined.count > 1 else { return nil }
    joined.append("\"")
    return joined
  }
}

extension [UInt8] {
  /// Appends what stands between the quotes of a string; nothing for any other value.
  fileprivate mutating func append(insideOf value: JSONValue) {
    guard value.kind == .string else { return }
    let span = value.span
    append(copying: span.extracting(1..<span.count - 1))
  }
}

extension Reply {
  /// The model that replied, by its own name, as text; `nil` where the backend did not say. O(n) in the metadata.
  public var model: [UInt8]? {
    (try? JSONDocument(metadata))?.root["model"]?.string
  }
}
