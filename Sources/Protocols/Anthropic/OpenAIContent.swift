import Bytes
public import JSON

/// The content of an Anthropic message in OpenAI's words.
public struct OpenAIContent {
  /// A string, if it is one text, else an array of parts.
  public let json: [UInt8]

  /// Translates content, a string or blocks; missing content is an empty text. Results of tools are skipped, because
  /// they are messages of their own. Throws for what has no equivalent, such as an image where only text is taken.
  public init(ofBlocks content: JSONValue?, takesImages: Bool) throws(TranslationFault) {
    guard let content, content.kind == .array else {
      guard content == nil || content?.kind == .string else { throw .malformedContent }
      json = content.map { $0.span.copied } ?? [UInt8]("\"\"")
      return
    }
    var texts: [JSONValue] = []
    var count = 0
    var writer = JSONWriter(reserving: content.raw.count + 64)
    writer.beginArray()
    for block in content.elements {
      guard let type = block["type"] else { throw .malformedContent }
      if type.equals("tool_result") { continue }
      count += 1
      if type.equals("text"), let text = block["text"], text.kind == .string {
        texts.append(text)
        writer.raw("{\"type\":\"text\",\"text\":", text.span, "}")
      } else if takesImages, type.equals("image"), let source = block["source"] {
        let url = try Self.url(of: source)
        writer.raw("{\"type\":\"image_url\",\"image_url\":{\"url\":", url.span, "}}")
      } else {
        throw .unsupportedPart(type: type.string ?? [])
      }
    }
    writer.endArray()
    let parts = writer.finish()
    if count == 0 {
      json = [UInt8]("\"\"")
    } else if count == 1, let text = texts.first {
      json = text.span.copied
    } else {
      json = parts
    }
  }

  /// Writes it.
  func write(to writer: inout JSONWriter) {
    let json = json
    writer.raw(json.span)
  }

  /// The URL of an image, a JSON string.
  private static func url(of source: JSONValue) throws(TranslationFault) -> [UInt8] {
    if source.member("type", is: "url"), let url = source["url"], url.kind == .string {
      return url.span.copied
    }
    guard source.member("type", is: "base64") else { throw .unsupportedImage }
    var url = [UInt8]("\"data:")
    url.append(copying: source["media_type"].insideOfString.span)
    url.append(";base64,")
    url.append(copying: source["data"].insideOfString.span)
    url.append("\"")
    return url
  }
}
