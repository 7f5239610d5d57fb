import Bytes

/// What a request is for: the path's segments and the query's parameters, percent-decoded; RFC 9112 section 3.2,
/// RFC 3986 sections 3.3 and 3.4.
///
/// A class for the same reason as ``RequestHead``. It stays as it was read.
public final class Target {
  /// The path's segments, decoded one by one so that an encoded slash stays within its segment: `/v1/bots` is
  /// `v1`, `bots`; `/` has no segments. A slash at the end makes an empty last segment.
  public private(set) var segments = PathSegments()
  /// The query's parameters in order.
  public private(set) var parameters: [(name: [UInt8], value: [UInt8])] = []
  /// Whether this is `*`: the server as a whole.
  public private(set) var isAsterisk = false
  /// The host and port of an absolute form; `nil` for the others.
  private(set) var authority: [UInt8]?

  /// Reads a request target in origin form (`/path?query`), in absolute form, or `*`; `nil` for any other
  /// form, has characters that none may have, or a broken percent-encoding.
  init?(_ raw: Span<UInt8>) {
    guard Target.hasTargetCharacters(raw), let path = readStart(of: raw) else { return nil }
    let question = raw.firstIndex(of: UInt8(ascii: "?"), from: path) ?? raw.count
    guard readSegments(raw.extracting(path..<question)) else { return nil }
    if question < raw.count, !readParameters(raw.extracting(question + 1..<raw.count)) {
      return nil
    }
  }

  /// The first value of a query parameter.
  public func parameter(_ name: StaticString) -> [UInt8]? {
    for parameter in parameters where parameter.name.span.equals(name) { return parameter.value }
    return nil
  }

  /// Whether all characters are visible ASCII and none begins a fragment.
  private static func hasTargetCharacters(_ raw: Span<UInt8>) -> Bool {
    var index = 0
    while index &+ 8 <= raw.count {
      let word = raw.word(at: index)
      let others = word.bytes(below: 0x21) | word.bytes(equalTo: 0x7F) | word.nonASCIIBytes
      if others | word.bytes(equalTo: UInt8(ascii: "#")) != 0 { return false }
      index &+= 8
    }
    while index < raw.count {
      let byte = raw[unchecked: index]
      guard byte.isVisibleASCII, byte != UInt8(ascii: "#") else { return false }
      index &+= 1
    }
    return true
  }

  /// Reads what stands before the path; returns where that begins.
  private func readStart(of raw: Span<UInt8>) -> Int? {
    if raw.hasPrefix("/") { return 0 }
    if raw.equals("*") {
      isAsterisk = true
      return raw.count
    }
    // Absolute form, which a server has to take; RFC 9112 section 3.2.2.
    for scheme: StaticString in ["http://", "https://"]
    where raw.count > scheme.utf8CodeUnitCount
      && raw.extracting(0..<scheme.utf8CodeUnitCount).equalsIgnoringCase(scheme)
    {
      var index = scheme.utf8CodeUnitCount
      while index < raw.count, raw[index] != UInt8(ascii: "/"), raw[index] != UInt8(ascii: "?") {
        index += 1
      }
      authority = raw.extracting(scheme.utf8CodeUnitCount..<index).copied
      return index
    }
    return nil
  }

  private func readSegments(_ path: Span<UInt8>) -> Bool {
    // The bare root has no segments.
    guard path.count > 1 else { return true }
    segments.reserve(path.count)
    let isEncoded = path.firstIndex(of: UInt8(ascii: "%")) != nil
    var start = 1
    while true {
      let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
      let segment = path.extracting(start..<end)
      if !isEncoded {
        segments.append(segment)
      } else if let decoded = percentDecoded(segment, plusIsSpace: false) {
        segments.append(decoded.span)
      } else {
        return false
      }
      guard end < path.count else { return true }
      start = end + 1
    }
  }

  private func readParameters(_ query: Span<UInt8>) -> Bool {
    var start = 0
    while start < query.count {
      let end = query.firstIndex(of: UInt8(ascii: "&"), from: start) ?? query.count
      let pair = query.extracting(start..<end)
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
      guard let name = percentDecoded(pair.extracting(0..<equals), plusIsSpace: true),
        let value = percentDecoded(
          pair.extracting(min(equals + 1, pair.count)..<pair.count), plusIsSpace: true)
      else { return false }
      if !pair.isEmpty { parameters.append((name, value)) }
      start = end + 1
    }
    return true
  }

  private func percentDecoded(_ text: Span<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < text.count, let high = text[index + 1].hexadecimalDigitValue,
          let low = text[index + 2].hexadecimalDigitValue
        else { return nil }
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    return bytes
  }
}
