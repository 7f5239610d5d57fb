internal import CCurl
import EventLoop
import Platform

/// libcurl's sockets in the event loop.
///
/// libcurl releases a connection after each transfer and takes it up again for the next. Meanwhile it stays in epoll,
/// which saves half the calls of epoll_ctl. One that becomes readable while no transfer uses it is shut down: its peer
/// has closed it, or sends bytes that were not asked for and must not be taken for the answer to the next request.
/// Sockets that libcurl opens for itself (its resolver's) it also closes by itself, so they are taken out of epoll as
/// soon as it releases them.
///
/// A transfer may use a socket that libcurl does not want to hear of: it may be paused. If the response comes while
/// the request is being sent, libcurl has not asked for the socket at all. Such a socket leaves epoll, and what comes
/// stays in it, until libcurl asks for it.
///
/// An event does not say that a socket is readable either: libcurl may have read it since, for an earlier event of
/// the same turn or for a timer.
///
/// The number of a closed socket may belong to another one at once, for example a client's. libcurl 7.88.0 to 8.1.2
/// do not report that they close a connection which was given up before it was established (curl's pull request
/// 11439). So the first time that libcurl releases a connection, its watch stays only if the connection is still
/// there.
final class SocketWatches {
  private struct Watch {
    var registration: Registration?
    var interest: Interest = []
    /// Which socket this is, if it is a connection's.
    var connection: SocketIdentity?
    /// Whether the connection was established, so that its closing will be told.
    var isEstablished = false
    /// Whether libcurl wants to hear of the socket now.
    var isWanted = false
    /// The upstream's ``Upstream/origin`` that it was opened for.
    var origin: [UInt8] = []
    /// How long sent data may stay unacknowledged, in milliseconds; 0: as the system has it.
    var patience = 0
  }

  private let loop: EventLoop
  /// By descriptor.
  private var watches: [Watch] = []
  private let onReady: (_ socket: Int32, _ readiness: Int32) -> Void
  private let isPaused: (_ socket: Int32) -> Bool

  /// Watches for a client. `isPaused` says whether a paused transfer uses a socket; it may err by saying yes.
  init(
    on loop: EventLoop, isPaused: @escaping (_ socket: Int32) -> Bool,
    onReady: @escaping (_ socket: Int32, _ readiness: Int32) -> Void
  ) {
    self.loop = loop
    self.isPaused = isPaused
    self.onReady = onReady
  }

  /// A connection's socket has just been opened. Where libcurl has closed another of this number just now, to try
  /// the next address, it takes that for the same as before, and asks for nothing.
  func open(_ socket: Int32, origin: [UInt8] = []) {
    makeRoom(for: socket)
    let before = watches[Int(socket)]
    forget(socket)
    watches[Int(socket)].connection = SocketIdentity(of: socket)
    watches[Int(socket)].origin = origin
    if before.isWanted { _ = watch(socket, for: before.interest) }
  }

  /// What CURLMOPT_SOCKETFUNCTION(3) asks for. Returns false where the kernel refuses the watch.
  ///
  /// `patience`: how long the request may stay unacknowledged on a kept connection, in milliseconds; 0: no limit.
  func update(_ socket: Int32, wanted what: Int32, patience: Int = 0) -> Bool {
    makeRoom(for: socket)
    guard what != CURL_POLL_REMOVE else {
      release(socket)
      return true
    }
    var interest: Interest = []
    if what & CURL_POLL_IN != 0 { interest.insert(.read) }
    if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
    if watches[Int(socket)].isEstablished, watches[Int(socket)].patience != patience {
      watches[Int(socket)].patience = patience
      limitUnacknowledgedTime(of: socket, milliseconds: patience)
    }
    return watch(socket, for: interest)
  }

  /// Shuts down the idle connections that were opened for this origin. libcurl closes them when it looks for one.
  func shutDownIdle(origin: [UInt8]) {
    for index in watches.indices
    where watches[index].isEstablished && !watches[index].isWanted
      && watches[index].origin == origin && !isPaused(Int32(index))
    {
      remove(Int32(index))
      shutDownDiscardingInput(Int32(index))
    }
  }

  /// The socket is about to be closed, or has been.
  func forget(_ socket: Int32) {
    let index = Int(socket)
    guard index < watches.count else { return }
    if let registration = watches[index].registration { loop.forget(registration) }
    watches[index] = Watch()
  }

  /// Ends all watches; the sockets stay open.
  func removeAll() {
    for watch in watches {
      if let registration = watch.registration { loop.deregister(registration) }
    }
    watches = []
  }

  private func makeRoom(for socket: Int32) {
    while watches.count <= Int(socket) { watches.append(Watch()) }
  }

  private func watch(_ socket: Int32, for interest: Interest) -> Bool {
    watches[Int(socket)].isWanted = true
    return watches[Int(socket)].interest == interest || rearm(socket, for: interest)
  }

  /// Has epoll wait for `interest`. Returns false where the kernel refuses that.
  private func rearm(_ socket: Int32, for interest: Interest) -> Bool {
    let index = Int(socket)
    do throws(SystemError) {
      if let registration = watches[index].registration {
        try loop.rearm(registration, for: interest)
      } else {
        watches[index].registration = try loop.register(socket, for: interest) { [self] in
          dispatch(socket, $0)
        }
      }
      watches[index].interest = interest
      return true
    } catch {
      return false
    }
  }

  private func release(_ socket: Int32) {
    let index = Int(socket)
    watches[index].isWanted = false
    if watches[index].isEstablished { return }
    if let connection = watches[index].connection, connection == SocketIdentity(of: socket) {
      watches[index].isEstablished = true
    } else {
      remove(socket)
    }
  }

  private func remove(_ socket: Int32) {
    if let registration = watches[Int(socket)].registration { loop.deregister(registration) }
    watches[Int(socket)] = Watch()
  }

  private func dispatch(_ socket: Int32, _ readiness: Readiness) {
    guard watches[Int(socket)].isWanted else { return dispatchUnwanted(socket) }
    var mask: Int32 = 0
    if !readiness.isDisjoint(with: [.read, .hangUp]) { mask |= CURL_CSELECT_IN }
    if readiness.contains(.write) { mask |= CURL_CSELECT_OUT }
    if readiness.contains(.error) { mask |= CURL_CSELECT_ERR }
    onReady(socket, mask)
  }

  private func dispatchUnwanted(_ socket: Int32) {
    if isPaused(socket) {
      unregister(socket)
    } else if isReadable(socket) {
      remove(socket)
      shutDownDiscardingInput(socket)
    } else if watches[Int(socket)].interest != .read {
      // It was released while there was something to send: it is always ready for that.
      if !rearm(socket, for: .read) { unregister(socket) }
    }
  }

  /// Takes a connection out of epoll, and keeps what is known of it.
  private func unregister(_ socket: Int32) {
    guard let registration = watches[Int(socket)].registration else { return }
    loop.deregister(registration)
    watches[Int(socket)].registration = nil
    watches[Int(socket)].interest = []
  }
}
