import Bytes
internal import CLinux

/// Standard error, or another descriptor, written without waiting for a slow reader.
public struct NonBlockingOutput: ~Copyable {
  private enum Kind {
    /// A pipe or a terminal, opened a second time, because O_NONBLOCK would affect all its users.
    case reopened(Int32)
    /// A socket, such as the journal's: send(2) has a flag not to wait.
    case socket
    /// A file, which never waits for a reader, or something that cannot be opened a second time.
    case direct
  }

  private let descriptor: Int32
  private let kind: Kind

  /// Writes to standard error.
  public init() {
    self.init(to: STDERR_FILENO)
  }

  /// Writes to a descriptor, which the caller keeps open while this value lives.
  init(to descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    if fstat(descriptor, &status) == 0, clinux_is_socket(status.st_mode) {
      kind = .socket
    } else if clinux_is_regular(status.st_mode) {
      // Otherwise a file that a log rotation has emptied would begin with a gap as long as before.
      clinux_append(descriptor)
      kind = .direct
    } else {
      let number = clinux_reopen_for_writing(descriptor)
      kind = number >= 0 ? .reopened(number) : .direct
    }
  }

  deinit {
    if case .reopened(let number) = kind { close(number) }
  }

  /// Writes as much as the reader takes now.
  ///
  /// Returns the number of bytes, 0 if the reader takes nothing now. Throws if the reader is gone.
  public borrowing func write(_ bytes: Span<UInt8>) throws(SystemError) -> Int {
    try bytes.withUnsafeBytes { (raw) throws(SystemError) in try write(raw) }
  }

  private borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    do throws(SystemError) {
      switch kind {
      case .reopened(let number):
        return try SystemCalls.write(number, bytes)
      case .direct:
        return try SystemCalls.write(descriptor, bytes)
      case .socket:
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        let count = send(descriptor, bytes.baseAddress, bytes.count, flags)
        guard count >= 0 else { throw SystemError("send") }
        return count
      }
    } catch {
      guard error.code == EAGAIN || error.code == EINTR else { throw error }
      return 0
    }
  }

  /// Waits until the reader takes something, or the time is over. Blocks; for the end of the
  /// process.
  ///
  /// Returns whether the reader would take something. poll(2).
  public borrowing func waitForReader(milliseconds: Int32) -> Bool {
    var number = descriptor
    if case .reopened(let own) = kind { number = own }
    var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0
  }

  /// Whether the descriptor is the journal: `JOURNAL_STREAM` has its device and inode;
  /// systemd.exec(5).
  public var isJournal: Bool {
    guard let variable = Environment.variable([UInt8]("JOURNAL_STREAM")) else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    var text: [UInt8] = []
    text.append(decimal: Int(clamping: status.st_dev))
    text.append(":")
    text.append(decimal: Int(clamping: status.st_ino))
    return text == variable
  }
}
