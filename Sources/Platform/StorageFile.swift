internal import CLinux

/// An open regular file, read and written at offsets, that can be locked against other processes.
public struct StorageFile: ~Copyable {
  /// How to open the file.
  public enum Access: Sendable {
    /// An existing file, for reading.
    case read
    /// An existing file, for reading and writing.
    case readWrite
    /// For reading and writing; made with mode 600 if it does not exist. Not through a symbolic
    /// link (ELOOP).
    case create
  }

  /// Mode and owner of a file.
  public struct Attributes: Sendable {
    fileprivate let mode: mode_t
    fileprivate let owner: uid_t
    fileprivate let group: gid_t
  }

  private let descriptor: Descriptor

  /// Opens a file; open(2). Throws EINVAL if the path leads to something else than a regular file.
  public init(_ path: [UInt8], _ access: Access) throws(SystemError) {
    // O_NONBLOCK, because opening a FIFO would wait. A regular file ignores the flag.
    var flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK
    switch access {
    case .read: flags |= O_RDONLY
    case .readWrite: flags |= O_RDWR
    case .create: flags |= O_RDWR | O_CREAT | O_NOFOLLOW
    }
    let number = withPath(path) { clinux_open($0, flags, 0o600) }
    guard number >= 0 else { throw SystemError("open") }
    let opened = Descriptor(adopting: number)
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError("fstat") }
    guard clinux_is_regular(status.st_mode) else { throw SystemError("open", code: EINVAL) }
    descriptor = opened
  }

  /// The size in bytes; fstat(2).
  public borrowing func size() throws(SystemError) -> Int {
    Int(clamping: try status().st_size)
  }

  /// Mode and owner, for a file that replaces this one.
  public borrowing func attributes() throws(SystemError) -> Attributes {
    let status = try status()
    return Attributes(mode: status.st_mode & 0o777, owner: status.st_uid, group: status.st_gid)
  }

  /// Sets mode and owner. Errors are ignored, because the process may not be allowed to.
  public borrowing func adopt(_ attributes: Attributes) {
    // The order matters: fchown(2) may clear mode bits.
    _ = fchown(descriptor.number, attributes.owner, attributes.group)
    _ = fchmod(descriptor.number, attributes.mode)
  }

  /// Whether a path leads to this very file now.
  public borrowing func isAt(_ path: [UInt8]) throws(SystemError) -> Bool {
    let own = try status()
    var there = stat()
    guard withPath(path, { stat($0, &there) }) == 0 else { return false }
    return there.st_dev == own.st_dev && there.st_ino == own.st_ino
  }

  /// Locks the file until it is closed, without waiting; flock(2).
  ///
  /// A shared lock excludes only exclusive ones. Returns `false` if another process has a lock, or
  /// this process through another descriptor.
  public borrowing func lock(isShared: Bool = false) throws(SystemError) -> Bool {
    let operation = Int32(isShared ? LOCK_SH : LOCK_EX) | Int32(LOCK_NB)
    while flock(descriptor.number, operation) != 0 {
      let error = SystemError("flock")
      if error.code == EWOULDBLOCK { return false }
      if error.code != EINTR { throw error }
    }
    return true
  }

  /// Reads once, from `offset` on; pread(2). Returns the number of bytes, 0 at or after the end.
  public borrowing func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemError) -> Int {
    try SystemCalls.read(descriptor.number, buffer, at: offset)
  }

  /// Writes all bytes from `offset` on; pwrite(2). After an error, some bytes may be written.
  public borrowing func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(written..<bytes.count)
      written += try rest.withUnsafeBytes { (raw) throws(SystemError) in
        try SystemCalls.write(descriptor.number, raw, at: offset + written)
      }
    }
  }

  /// Removes all contents; ftruncate(2).
  public borrowing func truncate() throws(SystemError) {
    guard ftruncate(descriptor.number, 0) == 0 else { throw SystemError("ftruncate") }
  }

  /// Brings all written bytes to storage; fdatasync(2). Blocks.
  ///
  /// Of the metadata it stores only what is needed to read the bytes. A device may report success
  /// too early.
  public borrowing func flush() throws(SystemError) {
    guard fdatasync(descriptor.number) == 0 else { throw SystemError("fdatasync") }
  }

  /// Asks the kernel to drop the stored part of the file from its page cache; posix_fadvise(2).
  public borrowing func dropCache() {
    _ = posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED)
  }

  private borrowing func status() throws(SystemError) -> stat {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw SystemError("fstat") }
    return status
  }
}
