internal import CLinux

/// An epoll instance, with room for a batch of its events; epoll(7).
public struct Poller: ~Copyable {
  private let epoll: Descriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// Makes an instance that returns at most `batch` events at a time.
  public init(batch: Int = 256) throws(SystemError) {
    let number = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard number >= 0 else { throw SystemError("epoll_create1") }
    epoll = Descriptor(adopting: number)
    events = .allocate(capacity: batch)
  }

  deinit {
    events.deallocate()
  }

  /// Watches a descriptor. Its events carry `token`.
  public borrowing func add(_ descriptor: Int32, for interest: Interest, token: UInt64)
    throws(SystemError)
  {
    try control(EPOLL_CTL_ADD, descriptor, interest, token)
  }

  /// Changes what a descriptor is watched for.
  public borrowing func modify(_ descriptor: Int32, for interest: Interest, token: UInt64)
    throws(SystemError)
  {
    try control(EPOLL_CTL_MOD, descriptor, interest, token)
  }

  /// Stops watching a descriptor. Closing a descriptor does the same.
  public borrowing func remove(_ descriptor: Int32) {
    _ = clinux_epoll_control(epoll.number, EPOLL_CTL_DEL, descriptor, 0, 0)
  }

  /// Waits for events, a signal, or the end of the time: -1 waits without limit, 0 does not wait.
  ///
  /// Returns the number of events, which `event(_:)` then gives. epoll_wait(2).
  public borrowing func wait(milliseconds: Int32) throws(SystemError) -> Int {
    let count = epoll_wait(epoll.number, events.baseAddress!, Int32(events.count), milliseconds)
    if count >= 0 { return Int(count) }
    guard clinux_errno() == EINTR else { throw SystemError("epoll_wait") }
    return 0
  }

  /// One event of the last `wait`; `index` is less than what that returned.
  public borrowing func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
    let event = events.baseAddress! + index
    return (clinux_epoll_token(event), Readiness(rawValue: event.pointee.events))
  }

  private borrowing func control(
    _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ token: UInt64
  ) throws(SystemError) {
    guard
      clinux_epoll_control(epoll.number, operation, descriptor, interest.rawValue, token) == 0
    else { throw SystemError("epoll_ctl") }
  }
}
