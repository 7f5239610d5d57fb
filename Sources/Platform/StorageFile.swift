internal import CLinux

/// An open regular file that is read and written at offsets, and can be locked against other processes.
public struct StorageFile: ~Copyable {
  /// How to open a file.
  public enum Access: Sendable {
    /// It is there, to be read.
    case read
    /// It is there, to be read and written.
    case readWrite
    /// To be read and written; made if there is none, for its owner alone (mode 600). Not through a symbolic link.
    case create
  }

  /// What else a file has besides its bytes.
  public struct Attributes: Sendable {
    fileprivate let mode: mode_t
    fileprivate let owner: uid_t
    fileprivate let group: gid_t
  }

  private let descriptor: Descriptor

  /// Opens a file; open(2). What is there and no regular file is refused with EINVAL.
  public init(_ path: [UInt8], _ access: Access) throws(SystemError) {
    // O_NONBLOCK: a FIFO must not make the opener wait; it means nothing to a regular file.
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

  /// The size in bytes.
  public borrowing func size() throws(SystemError) -> Int {
    Int(clamping: try status().st_size)
  }

  /// Mode and owner, to be given to a file that takes this one's place.
  public borrowing func attributes() throws(SystemError) -> Attributes {
    let status = try status()
    return Attributes(mode: status.st_mode & 0o777, owner: status.st_uid, group: status.st_gid)
  }

  /// Gives the file mode and owner of another, as far as the process may.
  public borrowing func adopt(_ attributes: Attributes) {
    // In this order: chown(2) may take mode bits away.
    _ = fchown(descriptor.number, attributes.owner, attributes.group)
    _ = fchmod(descriptor.number, attributes.mode)
  }

  /// Whether this very file is what is at a path now.
  public borrowing func isAt(_ path: [UInt8]) throws(SystemError) -> Bool {
    let own = try status()
    var there = stat()
    guard withPath(path, { stat($0, &there) }) == 0 else { return false }
    return there.st_dev == own.st_dev && there.st_ino == own.st_ino
  }

  /// Locks the file until it is closed, without waiting; flock(2). A shared lock keeps only exclusive ones out.
  /// Returns whether it could; `false` if another process, or another opening in this one, has a lock.
  public borrowing func lock(isShared: Bool = false) throws(SystemError) -> Bool {
    let operation = Int32(isShared ? LOCK_SH : LOCK_EX) | Int32(LOCK_NB)
    while flock(descriptor.number, operation) != 0 {
      let error = SystemError("flock")
      if error.code == EWOULDBLOCK { return false }
      if error.code != EINTR { throw error }
    }
    return true
  }

  /// Reads once, from `offset` on. Returns the count; 0 behind the end.
  public borrowing func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemError) -> Int {
    try SystemCalls.read(descriptor.number, buffer, at: offset)
  }

  /// Writes all bytes from `offset` on. Where it fails, some may have been written.
  public borrowing func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(written..<bytes.count)
      written += try rest.withUnsafeBytes { (raw) throws(SystemError) in
        try SystemCalls.write(descriptor.number, raw, at: offset + written)
      }
    }
  }

  /// Makes the file empty.
  public borrowing func truncate() throws(SystemError) {
    guard ftruncate(descriptor.number, 0) == 0 else { throw SystemError("ftruncate") }
  }

  /// Returns once all that was written is on storage, as far as that says the truth; fdatasync(2). Of what the file
  /// system knows of the file only what it takes to find the bytes is stored with them. Blocks.
  public borrowing func flush() throws(SystemError) {
    guard fdatasync(descriptor.number) == 0 else { throw SystemError("fdatasync") }
  }

  /// Has the kernel forget what it keeps of the file in memory, as far as that is on storage; posix_fadvise(2).
  public borrowing func dropCache() {
    _ = posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED)
  }

  private borrowing func status() throws(SystemError) -> stat {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw SystemError("fstat") }
    return status
  }
}
