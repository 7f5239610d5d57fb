import Bytes
import JSON

extension MessageContent {
  /// The texts of a content, each on a line of its own; other parts as what they are, in brackets. O(n).
  public static func text(of content: Span<UInt8>) -> [UInt8] {
    guard let root = (try? JSONDocument(content.copied))?.root else { return content.copied }
    if let text = root.string { return text }
    var text: [UInt8] = []
    for part in root.elements {
      if !text.isEmpty { text.append("\n") }
      if let words = part["text"]?.string {
        text += words
      } else {
        text += ("[\(name(of: part))]" as Text).bytes
      }
    }
    return text
  }
}
