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
    if let items = document.root["input"] {
      writer.beginObject()
      writer.name("input")
      writer.beginArray()
      for item in items.elements {
        write(item: item, over: limit, to: &writer, &isChanged)
      }
      writer.endArray()
      writer.endObject()
    } else if document.root.kind == .array {
      write(parts: document.root, "text", over: limit, to: &writer, &isChanged)
    }
    return isChanged ? writer.finish() : nil
  }

  /// Writes an item of Responses, whose parts are in its content or its output.
  private static func write(
    item: JSONValue, over limit: Int, to writer: inout JSONWriter, _ isChanged: inout Bool
  ) {
    writer.beginObject()
    for member in item.members {
      writer.name(raw: member.name.span)
      if member.value.kind == .array, member.isNamed("content") || member.isNamed("output") {
        write(parts: member.value, "input_text", over: limit, to: &writer, &isChanged)
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
  }

  private static func write(
    parts: JSONValue, _ text: StaticString, over limit: Int, to writer: inout JSONWriter,
    _ isChanged: inout Bool
  ) {
    writer.beginArray()
    for part in parts.elements {
      if part.span.count > limit, part.kind == .object, !isText(part) {
        isChanged = true
        writer.beginObject()
        writer.member("type", string: text)
        writer.member("text", string: placeholder(for: part).bytes.span)
        writer.endObject()
      } else {
        writer.raw(part.span)
      }
    }
    writer.endArray()
  }

  private static func isText(_ part: JSONValue) -> Bool {
    for type in ["text", "input_text", "output_text"] as [StaticString]
    where part.member("type", is: type) {
      return true
    }
    return false
  }

  /// What stands for a part: `[image, image/jpeg, 312 KB, no longer available]`.
  private static func placeholder(for part: JSONValue) -> Text {
    let size = (part.span.count + 1023) / 1024
    return "[\(name(of: part)), \(size) KB, no longer available]"
  }

  /// What a part is, in few words. Words of the client's that are long are left out.
  static func name(of part: JSONValue) -> Text {
    guard let type = part["type"]?.string else { return "part" }
    if type.span.equals("image_url") || type.span.equals("input_image") {
      let image = part["image_url"]
      if let url = (image?["url"] ?? image)?.string, let data = DataURL(url.span),
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
    if type.span.equals("file") || type.span.equals("input_file") {
      if let name = (part["file"] ?? part)["filename"]?.string, name.count <= 128 {
        return "file, \(name)"
      }
      return "file"
    }
    return type.count <= 32 ? Text(type) : "part"
  }
}
