import Bytes
import JSON

/// Parts of an OpenAI message, made of Anthropic's blocks.
struct OpenAIParts {
  private var writer = JSONWriter(reserving: 256)
  private var count = 0
  /// The first text, a JSON string.
  private var text: [UInt8]?

  init() {
    writer.beginArray()
  }

  /// The content: a string, if it is one text, else an array of parts; `nil` without any. To be asked for once.
  mutating func finish() -> [UInt8]? {
    if count == 0 { return nil }
    if count == 1, let text { return text }
    writer.endArray()
    return writer.finish()
  }

  /// Appends a block of a user's message or of a tool's result. Throws for what has no equivalent.
  mutating func append(_ block: JSONValue) throws(TranslationFault) {
    guard let type = block["type"] else { throw .malformedContent }
    if type.equals("text"), let text = block["text"], text.kind == .string {
      append(text: text.span.copied)
    } else if type.equals("image"), let source = block["source"] {
      let url = try Self.url(of: source)
      count += 1
      writer.raw("{\"type\":\"image_url\",\"image_url\":{\"url\":", url.span, "}}")
    } else if type.equals("document"), let source = block["source"] {
      try append(document: block, source)
    } else if type.equals("search_result"), let content = block["content"] {
      try append(searchResult: block, content)
    } else {
      throw .unsupported(block)
    }
  }

  private mutating func append(text: [UInt8]) {
    if count == 0 { self.text = text }
    count += 1
    writer.raw("{\"type\":\"text\",\"text\":", text.span, "}")
  }

  /// A document is a text, blocks, or a file.
  private mutating func append(
    document: JSONValue, _ source: JSONValue
  ) throws(TranslationFault) {
    if source.member("type", is: "text"), let data = source["data"], data.kind == .string {
      return append(text: data.span.copied)
    }
    if source.member("type", is: "content"), let content = source["content"] {
      return try append(contentOf: content)
    }
    guard source.member("type", is: "base64") else { throw .unsupported(document) }
    let data = Self.dataURL(of: source)
    count += 1
    writer.beginObject()
    writer.member("type", string: "file")
    writer.name("file")
    writer.beginObject()
    if let title = document["title"], title.kind == .string, !title.isEmpty {
      writer.member("filename", raw: title.span)
    } else {
      writer.member("filename", string: "document.pdf")
    }
    writer.member("file_data", raw: data.span)
    writer.endObject()
    writer.endObject()
  }

  /// What a search has found: where, and the text.
  private mutating func append(
    searchResult block: JSONValue, _ content: JSONValue
  ) throws(TranslationFault) {
    var place = [UInt8]("\"")
    for name in ["title", "source"] as [StaticString] {
      guard let text = block[name], text.kind == .string, !text.isEmpty else { continue }
      if place.count > 1 { place.append("\\n") }
      place.append(copying: block[name].insideOfString.span)
    }
    place.append("\"")
    if place.count > 2 { append(text: place) }
    try append(contentOf: content)
  }

  private mutating func append(contentOf content: JSONValue) throws(TranslationFault) {
    if content.kind == .string { return append(text: content.span.copied) }
    for block in content.elements { try append(block) }
  }

  /// The URL of an image, a JSON string.
  private static func url(of source: JSONValue) throws(TranslationFault) -> [UInt8] {
    if source.member("type", is: "url"), let url = source["url"], url.kind == .string {
      return url.span.copied
    }
    guard source.member("type", is: "base64") else { throw .unsupportedImage }
    return dataURL(of: source)
  }

  /// Base64 as a `data:` URL, a JSON string.
  private static func dataURL(of source: JSONValue) -> [UInt8] {
    var url = [UInt8]("\"data:")
    url.append(copying: source["media_type"].insideOfString.span)
    url.append(";base64,")
    url.append(copying: source["data"].insideOfString.span)
    url.append("\"")
    return url
  }
}
