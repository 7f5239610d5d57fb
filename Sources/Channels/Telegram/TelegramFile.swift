import Bytes
import JSON

/// A file that came with a message, to be fetched when it is needed.
struct TelegramFile {
  let file: ChannelFile
  /// The sizes in which Telegram has it, smallest first: photos have several.
  let sizes: [(id: [UInt8], bytes: Int)]

  /// The files of a message. Models do not read videos, animations and stickers.
  static func all(in message: JSONValue) -> [TelegramFile] {
    if let photo = message["photo"] {
      var sizes: [(id: [UInt8], bytes: Int)] = []
      for size in photo.elements {
        if let id = size["file_id"]?.string { sizes.append((id, size["file_size"]?.integer ?? 0)) }
      }
      guard !sizes.isEmpty else { return [] }
      let file = ChannelFile(kind: .image, type: [UInt8]("image/jpeg"), name: nil)
      return [TelegramFile(file: file, sizes: sizes)]
    }
    for member in ["voice", "audio"] as [StaticString] {
      if let file = message[member] {
        return one(file, .audio, type: member.equals("voice") ? "audio/ogg" : "audio/mpeg")
      }
    }
    // An animation has a document, too, for programs that do not know animations.
    guard let file = message["document"], message["animation"] == nil else { return [] }
    let type = file["mime_type"]?.string ?? []
    let isImage = type.span.hasPrefixIgnoringCase("image/")
    return one(file, isImage ? .image : .document, type: "application/octet-stream")
  }

  private static func one(_ file: JSONValue, _ kind: ChannelFile.Kind, type: StaticString)
    -> [TelegramFile]
  {
    guard let id = file["file_id"]?.string else { return [] }
    let given = file["mime_type"]?.string
    return [
      TelegramFile(
        file: ChannelFile(
          kind: kind, type: given.flatMap { $0.isIdentifier ? $0 : nil } ?? [UInt8](type),
          name: file["file_name"]?.string),
        sizes: [(id, file["file_size"]?.integer ?? 0)])
    ]
  }

  /// The largest size with at most `limit` bytes; `nil` if all are larger. One of an unknown size is tried.
  func id(within limit: Int) -> [UInt8]? {
    var found: (id: [UInt8], bytes: Int)?
    for size in sizes where size.bytes <= limit && size.bytes >= found?.bytes ?? 0 { found = size }
    return found?.id
  }
}

extension StaticString {
  fileprivate func equals(_ other: StaticString) -> Bool { span.equals(other) }
}
