import Bytes
import JSON

/// What the outbox has for a person: a reply, or the reason of a failure.
struct ChannelReply {
  /// Markdown; empty if there is nothing to say.
  let text: [UInt8]

  /// Reads the object that `GET /v1/messages/{id}` has as `data`.
  init(_ data: [UInt8]) {
    var text: [UInt8] = []
    func add(_ line: [UInt8]?) {
      guard let line, !line.isEmpty else { return }
      if !text.isEmpty { text.append("\n\n") }
      text += line
    }
    if let root = (try? JSONDocument(data))?.root {
      if let content = root["content"] {
        add(content.string)
        for part in content.elements { add(part["text"]?.string ?? ChannelReply.address(part)) }
      }
      if let attachments = root["attachments"] {
        for attachment in attachments.elements { add(ChannelReply.address(attachment)) }
      }
      if text.isEmpty { add(root["error"]?["message"]?.string) }
    }
    self.text = text
  }

  /// The web address of a file.
  private static func address(_ part: JSONValue) -> [UInt8]? {
    let url = part["url"]?.string ?? part["image_url"]?["url"]?.string
    guard let url, url.span.hasPrefixIgnoringCase("http") else { return nil }
    return url
  }
}
