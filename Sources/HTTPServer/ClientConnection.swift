import Bytes
import EventLoop
import Platform

/// A client's connection: its gate, and what the server watches over. libmicrohttpd owns the socket.
final class ClientConnection {
  /// What the connection is doing, for the limits on how long that may take.
  enum Phase {
    /// TLS is being agreed.
    case handshaking
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
  /// Who writes to it, and calls to read from it.
  let daemon: Daemon
  /// libmicrohttpd's name of it, as long as it has one.
  var handle: OpaquePointer?
  /// What its TLS is agreed with; `nil` for plain HTTP.
  var credentials: TLSCredentials?
  /// How long it may be silent, as libmicrohttpd knows it.
  var idleSeconds: UInt32
  /// Its place in the table of connections; `nil` while it is not there.
  var place: Int?
  /// Reads its requests.
  var reader: RequestReader
  /// Whether no request has ended on it yet.
  var isNew = true
  /// What came after a request that is being answered.
  var ahead: [UInt8] = []
  /// Whether a request is read, and not one answered.
  var isReading = true
  /// Whether the kernel may have more than was read.
  var hasUnread = false
  /// Whether libmicrohttpd must be told to read on after the answer.
  var mustReadAgain = false
  /// Whether its request is to be refused because it takes too long.
  var isRefusedForTime = false
  /// Whether something of ours could not be sent.
  var isBroken = false
  var registration: Registration?
  var phase: Phase
  /// When `waiting` began, or the request's first byte came.
  var phaseStart: Instant
  /// Whether the client has closed its side, or all.
  var hasPeerClosed = false
  /// The request that is being received or answered.
  var request: Request?
  /// Kept open after libmicrohttpd has closed it, where the client is still sending a body that is not read.
  var lingering: LingeringClose?

  init(
    descriptor: Int32, address: SocketAddress, isAdministrator: Bool = false, daemon: Daemon,
    at now: Instant,
    _ settings: HTTPServer.Settings
  ) {
    self.descriptor = descriptor
    self.address = address
    self.daemon = daemon
    idleSeconds = settings.idleSeconds
    reader = RequestReader(headLimit: settings.headLimit)
    peer = isAdministrator ? .administrator : address.host.map { .host($0) } ?? .unixSocket
    phase = daemon.isSecure ? .handshaking : .waiting
    phaseStart = now
  }

  /// Begins a phase.
  func begin(_ phase: Phase, at now: Instant) {
    self.phase = phase
    phaseStart = now
  }

  /// Whether it was told to end, or its client has left: it no longer counts.
  var isLeaving = false

  /// Whether an answer is on its way out.
  var isSending: Bool {
    if let request, case .responding = request.state { true } else { false }
  }

  /// Whether nothing of a next request has come.
  var isWaiting: Bool { if case .waiting = phase { true } else { false } }

  /// Whether TLS is being agreed.
  var isHandshaking: Bool { if case .handshaking = phase { true } else { false } }

  /// Whether it may be closed to make room for another.
  var isIdle: Bool { isWaiting && !isLeaving }

  /// Whether it must be looked at again, for `isOverdue`.
  var hasDeadline: Bool {
    switch phase {
    // libmicrohttpd counts silence by itself.
    case .answering, .waiting: false
    case .handshaking, .receivingHead, .receivingBody: !isLeaving
    }
  }

  /// Whether what is being received has taken too long, or comes too slowly.
  func isOverdue(at now: Instant, _ settings: HTTPServer.Settings) -> Bool {
    guard !isLeaving else { return false }
    let elapsed = now - phaseStart
    switch phase {
    case .answering, .waiting:
      return false
    case .handshaking, .receivingHead:
      return elapsed >= min(settings.headTimeout, settings.requestTimeout)
    case .receivingBody(let since):
      if elapsed >= settings.requestTimeout { return true }
      let paced = now - since - settings.paceGrace
      let least = Int64(paced.milliseconds) * Int64(settings.bodyPace) / 1000
      return Int64(request?.receivedCount ?? 0) < least
    }
  }
}
