import Bytes
public import JSON

/// The check of a message's `content`: a non-empty string, or a non-empty array of OpenAI's message parts.
public enum MessageContent {
  /// The fault in a content, or `nil` if it is valid.
  ///
  /// A part is an object whose `type` is a string; a `text` part has a string `text`, an `image_url` part an
  /// object `image_url` with a string `url`. The backend checks parts of other types. An array of empty texts is
  /// as empty as an empty string.
  public static func fault(in content: JSONValue) -> ContentFault? {
    switch content.kind {
    case .string: content.isEmpty ? ContentFault(.empty) : nil
    case .array: fault(inParts: content)
    default: ContentFault(.neitherStringNorArray)
    }
  }

  /// The estimated size of a content, in bytes of text. O(n).
  ///
  /// It is the size of a string or of text parts. A photo or another part counts for at most 4096 bytes, because
  /// backends count its tokens by other rules.
  public static func estimatedSize(of content: Span<UInt8>) -> Int {
    guard !content.isText, !content.hasPrefix("{"), let document = try? JSONDocument(content.copied)
    else {
      return content.count
    }
    var size = 2
    for part in document.root.elements {
      let count = part.span.count
      size += part.member("type", is: "text") ? count : min(count, 4096)
    }
    return size
  }

  private static func fault(inParts content: JSONValue) -> ContentFault? {
    var index = 0
    var isEmpty = true
    for part in content.elements {
      if let reason = reason(against: part) { return ContentFault(reason, part: index) }
      let isEmptyText = part.member("type", is: "text") && part["text"]?.isEmpty == true
      if !isEmptyText { isEmpty = false }
      index += 1
    }
    return isEmpty ? ContentFault(.empty) : nil
  }

  private static func reason(against part: JSONValue) -> ContentFault.Reason? {
    guard part.kind == .object else { return .partIsNotAnObject }
    guard let type = part["type"], type.kind == .string, !type.isEmpty else { return .typeMissing }
    if type.equals("text") { return part["text"]?.kind == .string ? nil : .textMissing }
    if type.equals("image_url") {
      guard let url = part["image_url"]?["url"], url.kind == .string, !url.isEmpty else {
        return .imageURLMissing
      }
    }
    return nil
  }
}

extension Span<UInt8> {
  /// Whether a content, as JSON, is a string and not an array of parts.
  public var isText: Bool { !isEmpty && self[0] == UInt8(ascii: "\"") }
}
