import Bytes
import JSON

/// The large parts of a message's content, which the context does not keep.
extension MessageContent {
  /// The content with a text in place of each large part; `nil` if it has no large part. O(n).
  ///
  /// A photo, recording or file is large if it has more than `limit` bytes of JSON. Text parts stay, whatever their
  /// size.
  public static func replacingLargeParts(
    of content: Span<UInt8>, over limit: Int
  ) -> [UInt8]? {
    guard !content.isText, content.count > limit, let document = try? JSONDocument(content.copied)
    else { return nil }
    var isChanged = false
    var writer = JSONWriter(reserving: 1024)
    writer.beginArray()
    for part in document.root.elements {
      if part.span.count > limit, part.kind == .object, !part.member("type", is: "text") {
        isChanged = true
        writer.beginObject()
        writer.member("type", string: "text")
        writer.member("text", string: placeholder(for: part).bytes.span)
        writer.endObject()
      } else {
        writer.raw(part.span)
      }
    }
    writer.endArray()
    return isChanged ? writer.finish() : nil
  }

  /// What stands for a part: `[image, image/jpeg, 312 KB, no longer available]`.
  private static func placeholder(for part: JSONValue) -> Text {
    let size = (part.span.count + 1023) / 1024
    return "[\(name(of: part)), \(size) KB, no longer available]"
  }

  /// What a part is, in few words. Words of the client's that are long are left out.
  static func name(of part: JSONValue) -> Text {
    guard let type = part["type"]?.string else { return "part" }
    if type.span.equals("image_url") {
      if let url = part["image_url"]?["url"]?.string, let data = DataURL(url.span),
        data.mediaType.count <= 64
      {
        return "image, \(data.mediaType)"
      }
      return "image"
    }
    if type.span.equals("input_audio") {
      if let format = part["input_audio"]?["format"]?.string, format.count <= 32 {
        return "audio, \(format)"
      }
      return "audio"
    }
    if type.span.equals("file") {
      if let name = part["file"]?["filename"]?.string, name.count <= 128 { return "file, \(name)" }
      return "file"
    }
    return type.count <= 32 ? Text(type) : "part"
  }
}
