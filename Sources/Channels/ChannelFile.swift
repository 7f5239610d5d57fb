import Bytes
import JSON

/// A file that came with a message.
struct ChannelFile {
  /// What a bot makes of it.
  enum Kind {
    case image, audio, document
  }

  let kind: Kind
  /// Its media type.
  let type: [UInt8]
  /// Its name, if it has one.
  let name: [UInt8]?

  /// What it is called where it cannot be shown.
  var label: Text {
    let word: StaticString =
      switch kind {
      case .image: "photo"
      case .audio: "voice message"
      case .document: "document"
      }
    return name.map { "\(word) \($0)" } ?? "\(word)"
  }

  /// The format of audio, in OpenAI's words.
  fileprivate var audioFormat: StaticString {
    if type.span.containsIgnoringCase("mpeg") { return "mp3" }
    if type.span.containsIgnoringCase("wav") { return "wav" }
    if type.span.containsIgnoringCase("mp4") { return "m4a" }
    if type.span.containsIgnoringCase("webm") { return "webm" }
    return "ogg"
  }
}

extension ChannelContent {
  /// Says that a file is missing, and why.
  mutating func add(missing file: ChannelFile, _ reason: StaticString) {
    add(line: ("[the \(file.label) \(reason)]" as Text).bytes)
  }

  /// Adds a file as a part: a text as text, anything else in base64.
  mutating func add(_ file: ChannelFile, _ bytes: [UInt8]) {
    if file.kind == .document, file.type.span.hasPrefixIgnoringCase("text/"),
      bytes.span.firstInvalidUTF8() == nil, !bytes.contains(0)
    {
      add(line: ("\(file.label):" as Text).bytes)
      return add(line: bytes)
    }
    var writer = JSONWriter(reserving: bytes.count / 3 * 4 + 256)
    var data: [UInt8] = []
    if file.kind != .audio {
      data.append("data:")
      data += file.type
      data.append(";base64,")
    }
    data.append(base64: bytes.span)
    writer.beginObject()
    switch file.kind {
    case .image:
      writer.member("type", string: "image_url")
      writer.name("image_url")
      writer.beginObject()
      writer.member("url", string: data)
    case .audio:
      writer.member("type", string: "input_audio")
      writer.name("input_audio")
      writer.beginObject()
      writer.member("data", string: data)
      writer.member("format", string: file.audioFormat)
    case .document:
      writer.member("type", string: "file")
      writer.name("file")
      writer.beginObject()
      writer.member("filename", string: file.name ?? [UInt8]("document"))
      writer.member("file_data", string: data)
    }
    writer.endObject()
    writer.endObject()
    parts.append(writer.finish())
  }
}
