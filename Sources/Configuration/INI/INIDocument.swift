import Bytes

/// A configuration file as a sequence of lines that together keep every byte of it.
///
/// Whatever the bytes are, the lines joined give them back: byte-order mark, line ends of both kinds, odd
/// spacing, a last line without an end. An edit replaces, inserts or removes lines and so leaves all
/// others exactly as they were.
public struct INIDocument {
  /// The largest file, in bytes.
  public static let maximumSize = 1 << 20

  /// The most of a file that is read: more than is allowed, so that it is the loader that says where it is too large.
  public static let readingLimit = 2 << 20

  /// The lines, first to last; line number N of a message is at index N - 1.
  public var lines: [INILine]

  /// Takes a file apart. Never fails: what is not understood becomes a line with
  /// ``INILine/Content/bad(_:)``. O(n).
  public init(parsing bytes: [UInt8]) {
    lines = []
    let text = bytes.span
    var start = 0
    while start < text.count {
      let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start).map { $0 + 1 } ?? text.count
      lines.append(INILine(text.extracting(start..<end).copied, isFirst: start == 0))
      start = end
    }
  }

  /// The file: all lines joined.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.reduce(0) { $0 + $1.bytes.count })
    for line in lines { bytes.append(contentsOf: line.bytes) }
    return bytes
  }
}
