import Bytes
internal import CLinux

/// A regular file as it was when it was read.
public struct FileSnapshot: Sendable {
  /// The absolute path, without symbolic links.
  public let path: [UInt8]
  /// All bytes of the file.
  public let contents: [UInt8]
  /// Which file it was, for ``FileReplacement``.
  public let identity: FileIdentity
  /// Whether a process had the file open for writing.
  ///
  /// The system tells this only to the owner of the file and to root; to others it is `false`.
  public let isBeingWritten: Bool

  /// Reads the file that a path leads to.
  ///
  /// Throws EFBIG if it has more than `limit` bytes, EINVAL if it is not a regular file. Blocks.
  public init(of path: [UInt8], limit: Int) throws(SystemError) {
    let resolved = try File.resolveExisting(path)
    self.path = resolved
    // Non-blocking, because opening a FIFO would wait for a writer. A regular file ignores the
    // flag.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let number = try SystemCalls.perform("open") {
      withPath(resolved) { clinux_open($0, flags, 0) }
    }
    let file = Descriptor(adopting: number)
    var status = try file.status()
    guard clinux_is_regular(status.st_mode) else { throw SystemError("open", code: EINVAL) }
    var contents: [UInt8] = []
    // Read again if the file changed meanwhile, but not without end.
    for _ in 0..<5 {
      contents = try file.readAll(limit: limit)
      let after = try file.status()
      if FileIdentity(after) == FileIdentity(status) { break }
      status = after
    }
    self.contents = contents
    identity = FileIdentity(status)
    isBeingWritten = clinux_is_being_written(file.number)
  }
}

extension Descriptor {
  /// What the system knows of the file; fstat(2).
  borrowing func status() throws(SystemError) -> stat {
    var status = stat()
    _ = try SystemCalls.perform("fstat") { fstat(number, &status) }
    return status
  }

  /// Reads the whole file from its beginning. Throws EFBIG if it has more than `limit` bytes.
  borrowing func readAll(limit: Int) throws(SystemError) -> [UInt8] {
    guard lseek(number, 0, SEEK_SET) == 0 else { throw SystemError("lseek") }
    return try readToEnd(limit: limit)
  }

  /// Reads from the current position to the end. Throws EFBIG if that is more than `limit` bytes.
  borrowing func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
    var contents: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = try read(into: chunk)
      if count == 0 { return contents }
      guard contents.count + count <= limit else { throw SystemError("read", code: EFBIG) }
      contents.append(copying: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}
