internal import CLinux

/// Reading files whole.
public enum File {
  /// Reads a file. One with more than `limit` bytes is refused with EFBIG: nothing is ever cut.
  public static func read(_ path: [UInt8], limit: Int) throws(SystemError) -> [UInt8] {
    let number = withPath(path) { clinux_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard number >= 0 else { throw SystemError("open") }
    return try readToEnd(Descriptor(adopting: number), limit: limit)
  }

  /// Reads standard input to its end, under the same limit.
  public static func readStandardInput(limit: Int) throws(SystemError) -> [UInt8] {
    try readToEnd(Descriptor(duplicating: STDIN_FILENO), limit: limit)
  }

  /// Whether there is anything at a path, whatever it is.
  public static func exists(_ path: [UInt8]) -> Bool {
    withPath(path) { access($0, F_OK) } == 0
  }

  private static func readToEnd(_ file: consuming Descriptor, limit: Int) throws(SystemError)
    -> [UInt8]
  {
    var contents: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try file.read(into: chunk)
      if count == 0 { return contents }
      guard contents.count + count <= limit else { throw SystemError("read", code: EFBIG) }
      contents.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}

/// Lends a path to a call that wants it ended by NUL. A path with a NUL inside names another file than was
/// meant, so callers refuse those before.
func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  precondition(!path.contains(0))
  return (path + [0]).withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
}
