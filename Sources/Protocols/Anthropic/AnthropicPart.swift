import Bytes
import JSON

/// One part of a message as Anthropic's Messages takes it, translated from OpenAI's form.
enum AnthropicPart {
  /// A text block, which has the same form in both: byte for byte, `cache_control` included.
  case text(JSONValue)
  /// What the model said in refusing; the value is a string.
  case refusal(JSONValue)
  /// An image in the request. `detail`, which has no equivalent, is not sent.
  case image(DataURL)
  /// A PDF, and its name, a string.
  case document(DataURL, title: JSONValue?)
  /// An image to be fetched from a URL, a string.
  case imageAt(JSONValue)

  /// The parts of a message's content, an array. Blank text parts are left out, because Anthropic refuses them.
  static func translate(
    _ content: Span<UInt8>, from role: MessageRole
  ) throws(TranslationFault) -> [AnthropicPart] {
    guard let root = try? JSONDocument(content.copied).root, root.kind == .array else {
      throw .malformedContent
    }
    var parts: [AnthropicPart] = []
    for element in root.elements {
      guard let type = element["type"], type.kind == .string else { throw .malformedContent }
      if type.equals("text") {
        let text = try string(element["text"])
        if !text.span.isBlankJSONString { parts.append(.text(element)) }
      } else if type.equals("refusal"), let text = element["refusal"], text.kind == .string {
        if !text.span.isBlankJSONString { parts.append(.refusal(text)) }
      } else if type.equals("image_url") {
        if role == .assistant { throw .imageInReply }
        let image = element["image_url"]
        parts.append(try self.image(string(image?["url"] ?? image)))
      } else if type.equals("file"), role == .user, let file = document(element["file"]) {
        parts.append(file)
      } else {
        throw .unsupportedPart(type: type.string ?? [])
      }
    }
    return parts
  }

  /// Writes the part as a content block.
  func write(to writer: inout JSONWriter) {
    if case .text(let block) = self { return writer.raw(block.span) }
    writer.beginObject()
    switch self {
    case .text: break
    case .refusal(let text):
      writer.member("type", string: "text")
      writer.member("text", raw: text.span)
    case .image(let data):
      writer.member("type", string: "image")
      Self.write(data, to: &writer)
    case .document(let data, let title):
      writer.member("type", string: "document")
      writer.optional("title", title)
      Self.write(data, to: &writer)
    case .imageAt(let url):
      writer.member("type", string: "image")
      writer.name("source")
      writer.beginObject()
      writer.member("type", string: "url")
      writer.member("url", raw: url.span)
      writer.endObject()
    }
    writer.endObject()
  }

  private static func write(_ data: DataURL, to writer: inout JSONWriter) {
    writer.name("source")
    writer.beginObject()
    writer.member("type", string: "base64")
    writer.member("media_type", string: data.mediaType.span)
    writer.member("data", string: data.base64.span)
    writer.endObject()
  }

  private static func string(_ value: JSONValue?) throws(TranslationFault) -> JSONValue {
    guard let value, value.kind == .string else { throw .malformedContent }
    return value
  }

  /// A file that Anthropic takes: a PDF that comes with the message.
  private static func document(_ file: JSONValue?) -> AnthropicPart? {
    guard let url = file?["file_data"]?.string, let data = DataURL(url.span),
      data.mediaType.span.equals("application/pdf")
    else { return nil }
    return .document(data, title: file?["filename"])
  }

  private static func image(_ url: JSONValue) throws(TranslationFault) -> AnthropicPart {
    let text = url.string ?? []
    if let data = DataURL(text.span) {
      guard data.mediaType.span.hasPrefix("image/") else { throw .unsupportedImage }
      return .image(data)
    }
    guard text.span.hasPrefixIgnoringCase("https://") || text.span.hasPrefixIgnoringCase("http://")
    else { throw .unsupportedImage }
    return .imageAt(url)
  }
}
