internal import CLinux

/// What a watched descriptor is ready for; epoll_ctl(2).
public struct Readiness: OptionSet, Sendable {
  /// EPOLL* bits.
  public let rawValue: UInt32

  /// A set from EPOLL* bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Something to read, or the end of the stream (EPOLLIN).
  public static let read = Readiness(rawValue: UInt32(CLINUX_EPOLL_IN))
  /// Room to write (EPOLLOUT).
  public static let write = Readiness(rawValue: UInt32(CLINUX_EPOLL_OUT))
  /// The peer has closed, or has shut down its sending side (EPOLLRDHUP).
  public static let peerClosed = Readiness(rawValue: UInt32(CLINUX_EPOLL_RDHUP))
  /// Both directions are closed (EPOLLHUP).
  public static let hangUp = Readiness(rawValue: UInt32(CLINUX_EPOLL_HUP))
  /// The descriptor has a pending error (EPOLLERR).
  public static let error = Readiness(rawValue: UInt32(CLINUX_EPOLL_ERR))
}
