internal import CLinux

/// What a descriptor is watched for; epoll_ctl(2).
public struct Interest: OptionSet, Sendable {
  /// EPOLL* bits.
  public let rawValue: UInt32

  /// A set from EPOLL* bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// There is something to read, or the end has come.
  public static let read = Interest(rawValue: EPOLLIN.rawValue)
  /// There is room to write.
  public static let write = Interest(rawValue: EPOLLOUT.rawValue)
  /// The peer has closed, or shut down its sending side.
  public static let peerClosed = Interest(rawValue: EPOLLRDHUP.rawValue)
  /// One event for each time that something comes, not for as long as it is there.
  public static let edge = Interest(rawValue: EPOLLET.rawValue)
  /// One event, then silence until the interest is set again.
  public static let once = Interest(rawValue: EPOLLONESHOT.rawValue)
}
