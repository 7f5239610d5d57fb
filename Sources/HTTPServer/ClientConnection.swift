import Bytes
import EventLoop
import Platform

/// A client's connection, as far as the server watches over it. The server has it until the first request's header
/// section is whole and sound; from then on libmicrohttpd owns the socket and reads it.
final class ClientConnection {
  /// What the connection is doing, for the limits on how long that may take.
  enum Phase {
    /// Nothing of a next request has come.
    case waiting
    /// The header section is coming.
    case receivingHead
    /// The body is coming.
    case receivingBody(since: Instant)
    /// The request is with the application, or its answer on the way out.
    case answering
  }

  let descriptor: Int32
  let address: SocketAddress
  let peer: Peer
  /// The daemon that reads it, or will.
  let daemon: Daemon
  /// Its place in the table of connections; `nil` while it is not there.
  var place: Int?
  /// Whether libmicrohttpd has it.
  var isHandedOver = false
  var registration: Registration?
  var phase = Phase.waiting
  /// When `waiting` began, or the request's first byte came.
  var phaseStart: Instant
  /// Whether the client has closed its side, or all.
  var hasPeerClosed = false
  /// What the first request is for, as it was read before libmicrohttpd got the connection.
  private var firstTarget: Target?
  /// The request that is being received or answered.
  var request: Request?
  /// Kept open after libmicrohttpd has closed it, where the client is still sending a body that is not read.
  var lingering: LingeringClose?

  init(descriptor: Int32, address: SocketAddress, daemon: Daemon, at now: Instant) {
    self.descriptor = descriptor
    self.address = address
    self.daemon = daemon
    peer = address.host.map { .host($0) } ?? .unixSocket
    phaseStart = now
  }

  /// Keeps the target of the first request.
  func keep(_ target: Target) {
    firstTarget = target
  }

  /// The target of the first request, once; `nil` for later ones, and over TLS.
  func takeTarget() -> Target? {
    let target = firstTarget
    firstTarget = nil
    return target
  }

  /// Whether it was told to end, or its client has left: it no longer counts.
  var isLeaving = false

  /// Whether an answer is on its way out.
  var isSending: Bool {
    if let request, case .responding = request.state { true } else { false }
  }

  /// Whether nothing of a next request has come.
  var isWaiting: Bool { if case .waiting = phase { true } else { false } }

  /// Whether it may be closed to make room for another.
  var isIdle: Bool { isWaiting && !isLeaving }

  /// Whether it must be looked at again, for `isOverdue`.
  var hasDeadline: Bool {
    switch phase {
    case .answering: false
    case .waiting: !isHandedOver
    case .receivingHead, .receivingBody: !isLeaving
    }
  }

  /// Whether what is being received has taken too long, or comes too slowly.
  func isOverdue(at now: Instant, _ settings: HTTPServer.Settings) -> Bool {
    guard !isLeaving else { return false }
    let elapsed = now - phaseStart
    switch phase {
    case .answering:
      return false
    case .waiting:
      // Once it has it, libmicrohttpd counts silence by itself.
      return !isHandedOver && elapsed >= settings.idleTimeout
    case .receivingHead:
      return elapsed >= min(settings.headTimeout, settings.requestTimeout)
    case .receivingBody(let since):
      if elapsed >= settings.requestTimeout { return true }
      let paced = now - since - settings.paceGrace
      let least = paced.milliseconds * settings.bodyPace / 1000
      return (request?.receivedCount ?? 0) < least
    }
  }
}
