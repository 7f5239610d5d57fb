internal import CLinux

/// What a watched descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
  /// EPOLL* bits.
  public let rawValue: UInt32

  /// A set from EPOLL* bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// There is something to read, or the end has come.
  public static let read = Readiness(rawValue: EPOLLIN.rawValue)
  /// There is room to write.
  public static let write = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The peer has closed, or shut down its sending side.
  public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
  /// Both directions are closed.
  public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
  /// The descriptor has an error pending.
  public static let error = Readiness(rawValue: EPOLLERR.rawValue)
}
