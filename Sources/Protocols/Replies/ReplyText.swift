import Bytes
import JSON

extension Reply {
  /// The content as one text, a JSON string; of message parts the texts are joined.
  var text: [UInt8] {
    let content = content
    if content.span.hasPrefix("\"") { return content }
    var joined = [UInt8]("\"")
    for text in texts { joined.append(copying: text.span) }
    joined.append("\"")
    return joined
  }

  /// The texts of the content, each the inside of a JSON string; none of them is empty.
  var texts: [[UInt8]] {
    let content = content
    if content.span.hasPrefix("\"") {
      return content.count > 2 ? [Array(content[1..<content.count - 1])] : []
    }
    var texts: [[UInt8]] = []
    guard let parts = (try? JSONDocument(content))?.root.elements else { return texts }
    for part in parts where part.member("type", is: "text") {
      let text = part["text"].insideOfString
      if !text.isEmpty { texts.append(text) }
    }
    return texts
  }
}

extension JSONValue? {
  /// What stands between a string's quotes; nothing for any other value.
  var insideOfString: [UInt8] {
    @inline(never)
    get { inside() }
  }

  private func inside() -> [UInt8] {
    guard let self, self.kind == .string else { return [] }
    return self.inside.copied
  }
}
