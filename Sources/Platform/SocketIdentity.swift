internal import CLinux

/// Which socket a descriptor stands for: no other has the same while this one is open, and none for long after. Numbers
/// of descriptors are given to the next that asks at once.
public struct SocketIdentity: Equatable, Sendable {
  private let inode: UInt64

  /// The socket that `descriptor` stands for; `nil` if that is closed, or something else. fstat(2).
  public init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, clinux_is_socket(status.st_mode) else { return nil }
    inode = UInt64(status.st_ino)
  }
}
