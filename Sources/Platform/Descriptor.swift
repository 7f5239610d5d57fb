internal import CLinux

/// A file descriptor that this value owns and closes.
public struct Descriptor: ~Copyable {
  /// The number, lent: valid while this value lives.
  public let number: Int32

  /// Takes ownership of a descriptor. No other code may close it.
  public init(adopting number: Int32) {
    self.number = number
  }

  /// A second descriptor of the same open file, closed on exec; F_DUPFD_CLOEXEC in fcntl(2).
  public init(duplicating number: Int32) throws(SystemError) {
    let copy = clinux_duplicate(number)
    guard copy >= 0 else { throw SystemError("fcntl") }
    self.init(adopting: copy)
  }

  deinit {
    // Errors are ignored, EINTR too: Linux has released the descriptor in any case; close(2).
    _ = close(number)
  }

  /// Reads once into `buffer`; read(2).
  ///
  /// Returns the number of bytes, 0 at the end. EAGAIN is thrown if the descriptor does not block
  /// and has nothing.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  {
    try SystemCalls.read(number, buffer)
  }

  /// Writes all bytes, in as many calls as that takes; write(2).
  ///
  /// Blocks if the descriptor does; after an error, some bytes may be written.
  public borrowing func writeAll(_ bytes: Span<UInt8>) throws(SystemError) {
    try writeAllBytes(bytes, to: number)
  }
}

/// Writes all bytes to a descriptor that the caller owns, such as standard output.
///
/// Otherwise like ``Descriptor/writeAll(_:)``.
public func writeAllBytes(_ bytes: Span<UInt8>, to descriptor: Int32) throws(SystemError) {
  var written = 0
  while written < bytes.count {
    let rest = bytes.extracting(written..<bytes.count)
    written += try rest.withUnsafeBytes { (raw) throws(SystemError) in
      try SystemCalls.write(descriptor, raw)
    }
  }
}
