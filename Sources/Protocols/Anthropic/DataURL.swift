import Bytes

/// A `data:` URL with base64 data (RFC 2397).
struct DataURL {
  /// The media type in lower case, without parameters.
  let mediaType: [UInt8]

  /// The data, still in base64.
  let base64: [UInt8]

  /// Reads a URL; `nil` if it is not of this kind.
  init?(_ url: Span<UInt8>) {
    guard url.hasPrefixIgnoringCase("data:"), let comma = url.firstIndex(of: UInt8(ascii: ","))
    else { return nil }
    let head = url.extracting(5..<comma)
    guard let semicolon = head.firstIndex(of: UInt8(ascii: ";")), head.count >= 7,
      head.extracting(last: 7).equalsIgnoringCase(";base64")
    else { return nil }
    mediaType = head.extracting(first: semicolon).copied.map { $0.lowercasedASCII }
    base64 = url.extracting((comma + 1)...).copied
  }
}
