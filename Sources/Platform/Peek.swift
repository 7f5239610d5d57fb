internal import CLinux

/// What a connection has received, seen without taking it.
public enum Peek {
  /// This many bytes are now in the buffer.
  case bytes(Int)
  /// Nothing has arrived yet.
  case nothing
  /// The peer has closed its side, or the connection is broken.
  case ended
}

/// Copies received bytes into `buffer` and leaves them there to be read; MSG_PEEK in recv(2). Does
/// not block.
public func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Peek {
  let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
  let count = recv(descriptor, buffer.baseAddress, buffer.count, flags)
  if count > 0 { return .bytes(count) }
  return count < 0 && (clinux_errno() == EAGAIN || clinux_errno() == EINTR) ? .nothing : .ended
}
