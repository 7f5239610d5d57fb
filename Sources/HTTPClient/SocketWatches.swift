internal import CCurl
import EventLoop
import Platform

/// libcurl's sockets in the event loop.
///
/// libcurl releases a connection after each transfer and takes it up again for the next. Meanwhile it stays in epoll,
/// which saves half the calls of epoll_ctl. One that fires while no transfer uses it is shut down: its peer has closed
/// it, or sends bytes that were not asked for and must not be taken for the answer to the next request. Sockets that
/// libcurl opens for itself (its resolver's) it also closes by itself, so they are taken out of epoll as soon as it
/// releases them.
///
/// It also releases the connection of a transfer that is paused. What comes on that is expected: it is left in the
/// socket, out of epoll, until libcurl takes the connection up again.
///
/// The number of a socket that is closed is another's at once: a client's, say. libcurl 7.88.0 to 8.1.2 do not tell
/// of the closing of a connection that was given up before it was established (curl's pull request 11439). So the
/// first time that libcurl releases a connection, its watch stays only if the connection is still there.
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
    /// Whether libcurl released it because its transfer is paused.
    var isPaused = false
  }

  private let loop: EventLoop
  /// By descriptor.
  private var watches: [Watch] = []
  private let onReady: (_ socket: Int32, _ readiness: Int32) -> Void

  init(on loop: EventLoop, onReady: @escaping (_ socket: Int32, _ readiness: Int32) -> Void) {
    self.loop = loop
    self.onReady = onReady
  }

  /// A connection's socket has just been opened. Where libcurl has closed another of this number just now, to try
  /// the next address, it takes that for the same as before, and asks for nothing.
  func open(_ socket: Int32) {
    makeRoom(for: socket)
    let before = watches[Int(socket)]
    forget(socket)
    watches[Int(socket)].connection = SocketIdentity(of: socket)
    if before.isWanted { _ = watch(socket, for: before.interest) }
  }

  /// What CURLMOPT_SOCKETFUNCTION(3) asks for. Returns false where the kernel refuses the watch.
  /// `isPaused` is whether the transfer that a socket is removed for is paused.
  func update(_ socket: Int32, wanted what: Int32, isPaused: Bool) -> Bool {
    makeRoom(for: socket)
    watches[Int(socket)].isPaused = isPaused
    guard what != CURL_POLL_REMOVE else {
      release(socket)
      return true
    }
    var interest: Interest = []
    if what & CURL_POLL_IN != 0 { interest.insert(.read) }
    if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
    return watch(socket, for: interest)
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
    let index = Int(socket)
    watches[index].isWanted = true
    do throws(SystemError) {
      if let registration = watches[index].registration {
        if watches[index].interest != interest { try loop.rearm(registration, for: interest) }
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
    guard watches[Int(socket)].isWanted else {
      let watch = watches[Int(socket)]
      remove(socket)
      guard watch.isPaused else { return shutDownDiscardingInput(socket) }
      watches[Int(socket)].connection = watch.connection
      watches[Int(socket)].isEstablished = watch.isEstablished
      return
    }
    var mask: Int32 = 0
    if !readiness.isDisjoint(with: [.read, .hangUp]) { mask |= CURL_CSELECT_IN }
    if readiness.contains(.write) { mask |= CURL_CSELECT_OUT }
    if readiness.contains(.error) { mask |= CURL_CSELECT_ERR }
    onReady(socket, mask)
  }
}
