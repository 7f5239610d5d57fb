import Bytes

/// Header field lines of one request that are Postern's own, `name: value`, in order. What goes in is free of CR, LF
/// and NUL.
///
/// libcurl takes them as one: it asks about each field that it is given a dozen times whether that takes the place of
/// one of its own (`Host`, `Content-Type`, `Accept`, `Expect`…), and goes by the name that the text begins with. So a
/// field that libcurl has an opinion about must not be among these; it belongs into `Upstream.Settings`.
public struct FieldLines: Sendable {
  /// The lines, with CR LF between them.
  private(set) var bytes: [UInt8] = []

  /// No lines.
  public init() {}

  /// A field about which libcurl has an opinion, and the lines after it: the text begins with its name.
  public init(_ name: StaticString, _ value: Span<UInt8>, before lines: FieldLines) {
    append(name, value)
    if lines.bytes.isEmpty { return }
    bytes.append("\r\n")
    bytes += lines.bytes
  }

  /// Makes room for fields of `byteCount` bytes, names included.
  public mutating func reserve(_ byteCount: Int) {
    // The standard library would move the lines there byte by byte.
    let lines = bytes
    bytes = []
    bytes.reserveCapacity(lines.count + byteCount)
    bytes.append(copying: lines.span)
  }

  /// The lines one by one, to be shown.
  public var lines: [[UInt8]] {
    var (lines, start): ([[UInt8]], Int) = ([], 0)
    while start < bytes.count {
      let end = bytes.span.firstIndex(of: UInt8(ascii: "\r"), from: start) ?? bytes.count
      lines.append(bytes.span.extracting(start..<end).copied)
      start = end + 2
    }
    return lines
  }

  /// Appends a field. The value is not empty: libcurl would leave out a lone field without one.
  public mutating func append(_ name: StaticString, _ value: Span<UInt8>) {
    precondition(!value.isEmpty, "a header field without a value")
    if !bytes.isEmpty { bytes.append("\r\n") }
    bytes.append(name)
    bytes.append(": ")
    bytes.append(copying: value)
  }
}
