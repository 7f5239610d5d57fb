import Bytes

/// Whether what libmicrohttpd reports of a header section accounts for every byte of it.
///
/// The 0.9 line ends names and values at NUL and glues folded lines to the name before them, so that its
/// report looks sound where the section was not. But it works in place: names and values point into the bytes
/// as they came. Each must begin where the one before it ends, with just the delimiters in between. What the
/// 1.0 line accepts it has checked itself, and it may move bytes, so this is for the 0.9 line only.
struct SectionGeometry {
  /// Where the next thing must begin.
  private var expected: UnsafeRawPointer
  private(set) var isSound = true

  /// A section whose first byte, that of the method, is at `start`.
  init(start: UnsafeRawPointer) {
    expected = start
  }

  /// The next part must begin here and is followed by `delimiter` bytes of delimiters.
  mutating func take(_ part: UnsafeRawBufferPointer, delimiter: Int) {
    guard let start = part.baseAddress, start == expected else {
      isSound = false
      return
    }
    expected = start + part.count + delimiter
  }

  /// Blanks (optional white space) may stand here.
  mutating func skipBlanks(before part: UnsafeRawBufferPointer) {
    guard let start = part.baseAddress, start >= expected else { return }
    while expected < start, expected.load(as: UInt8.self).isBlank { expected += 1 }
  }

  /// `count` bytes stand here that cannot be checked.
  mutating func skip(_ count: Int) {
    expected += count
  }

  /// The section ends here, `size` bytes after its start, with an empty line.
  mutating func finish(start: UnsafeRawPointer, size: Int) {
    if expected + 2 != start + size { isSound = false }
  }
}
