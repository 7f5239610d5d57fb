internal import CLinux

/// What of a connection's received bytes a look without taking them shows.
public enum Peek {
  /// So many bytes are in the buffer.
  case bytes(Int)
  /// Nothing yet.
  case nothing
  /// The peer has closed its side, or the connection is broken.
  case ended
}

/// Looks at what a connection has received, leaving it there; recv(2), MSG_PEEK.
public func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Peek {
  let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
  let count = recv(descriptor, buffer.baseAddress, buffer.count, flags)
  if count > 0 { return .bytes(count) }
  return count < 0 && (clinux_errno() == EAGAIN || clinux_errno() == EINTR) ? .nothing : .ended
}
