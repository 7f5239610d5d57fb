internal import CLinux

/// What a descriptor is watched for; epoll_ctl(2).
public struct Interest: OptionSet, Sendable {
  /// EPOLL* bits.
  public let rawValue: UInt32

  /// A set from EPOLL* bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Something to read, or the end of the stream (EPOLLIN).
  public static let read = Interest(rawValue: UInt32(CLINUX_EPOLL_IN))
  /// Room to write (EPOLLOUT).
  public static let write = Interest(rawValue: UInt32(CLINUX_EPOLL_OUT))
  /// The peer has closed, or has shut down its sending side (EPOLLRDHUP).
  public static let peerClosed = Interest(rawValue: UInt32(CLINUX_EPOLL_RDHUP))
  /// One event for each change, instead of one for as long as the condition lasts (EPOLLET).
  public static let edge = Interest(rawValue: UInt32(CLINUX_EPOLL_ET))
  /// One event only, until the interest is set again (EPOLLONESHOT).
  public static let once = Interest(rawValue: UInt32(CLINUX_EPOLL_ONESHOT))
}
