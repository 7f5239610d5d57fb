internal import CLinux

/// A file descriptor that this value owns: closed when the value ends.
public struct Descriptor: ~Copyable {
  /// The number, borrowed: valid while this value lives.
  public let number: Int32

  /// Takes over a descriptor; nobody else may close it.
  public init(adopting number: Int32) {
    self.number = number
  }

  /// A second descriptor for what a borrowed one refers to; closed on exec.
  public init(duplicating number: Int32) throws(SystemError) {
    let copy = clinux_duplicate(number)
    guard copy >= 0 else { throw SystemError("fcntl") }
    self.init(adopting: copy)
  }

  deinit {
    // EINTR included: on Linux the descriptor is gone whatever close(2) says.
    _ = close(number)
  }

  /// Reads into `buffer` once. Returns the count; 0 at the end.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  {
    try SystemCalls.read(number, buffer)
  }

  /// Writes all bytes, in as many calls as it takes. Blocks as the descriptor does.
  public borrowing func writeAll(_ bytes: Span<UInt8>) throws(SystemError) {
    try writeAllBytes(bytes, to: number)
  }
}

/// Writes all bytes to a descriptor that the caller does not own, such as standard output.
public func writeAllBytes(_ bytes: Span<UInt8>, to descriptor: Int32) throws(SystemError) {
  var written = 0
  while written < bytes.count {
    let rest = bytes.extracting(written..<bytes.count)
    written += try rest.withUnsafeBytes { (raw) throws(SystemError) in
      try SystemCalls.write(descriptor, raw)
    }
  }
}
