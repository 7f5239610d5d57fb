internal import CLinux

/// Which socket a descriptor refers to.
///
/// No other socket has the same identity while this one is open, nor soon after. A descriptor's
/// number does not tell: the next open(2) may get it at once.
public struct SocketIdentity: Equatable, Sendable {
  private let inode: UInt64

  /// The socket of `descriptor`; `nil` if that is closed or not a socket. fstat(2).
  public init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, clinux_is_socket(status.st_mode) else { return nil }
    inode = UInt64(status.st_ino)
  }
}
