import Bytes
public import EventLoop
public import Platform

/// Why a server cannot listen.
public enum ListenError: Error {
  /// The socket is unavailable.
  case socket(SystemError)
  /// libmicrohttpd does not start: the certificate does not fit the key, or memory is missing.
  case notStarted
}

/// An HTTP/1.1 server over libmicrohttpd on the event loop: several listeners, requests handed to one
/// application, limits on what a client may take. A request whose answer is not there yet is suspended and costs
/// nothing but its memory.
///
/// The server accepts connections itself, so that one set of limits holds over all listeners, and keeps its own
/// deadlines: libmicrohttpd's count silence only.
public final class HTTPServer {
  /// The limits.
  public private(set) var settings: Settings
  /// How long a connection without a request stays open at the end.
  private static let firstRequestPatience = TimeSpan.seconds(1)
  /// The application; the server keeps it alive until `close`.
  public var handler: (any RequestHandler)?
  /// Called for connections that could not be accepted because descriptors or memory are missing.
  public var onAcceptFailure: ((SystemError) -> Void)?
  /// Told of clients that the server turns away by itself, at most once a second for each reason.
  public var onTurnedAway: ((TurnedAwayNotice) -> Void)?

  /// Sockets of the service manager, which are used in place of new ones.
  public var inherited = InheritedSockets(adopting: [])

  let loop: EventLoop
  let random: RandomSource
  var listeners: [Listener] = []
  private(set) var plain: Daemon?
  private(set) var secure: Daemon?
  /// What new TLS connections begin with; `nil` without TLS.
  private(set) var credentials: TLSCredentials?
  var table: ConnectionTable
  /// How many connections are held open for a client that was refused.
  var lingeringCount = 0
  /// The most connections since memory was given back.
  var peak = 0
  var isGivingBack = false
  var notices = TurnedAwayNotices()
  var sweepTimer: TimerID?
  var onDrained: (() -> Void)?
  /// Where bytes are received, before they go to the connection that they are for.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
  private(set) var isDraining = false
  /// Whether the application is handed no more requests: those whose bodies are whole by now are refused.
  private(set) var isClosed = false
  /// What has gone through it.
  var traffic = ServerTraffic()

  /// A server that listens nowhere yet.
  public init(_ settings: Settings, on loop: EventLoop, random: RandomSource) {
    self.settings = settings
    self.loop = loop
    self.random = random
    table = ConnectionTable(
      limit: settings.connectionLimit, limitPerAddress: settings.connectionLimitPerAddress,
      limitsLoopback: settings.limitsLoopback)
  }

  deinit {
    scratch.deallocate()
  }

  /// Applies other limits and another certificate. Returns whether the certificate is another one.
  ///
  /// Open connections keep their idle timeout and their certificate. Whether TLS is spoken at all does not change.
  @discardableResult
  public func adopt(_ settings: Settings) -> Bool {
    let hasChanged = adoptCertificate(settings.tls)
    let tls = hasChanged ? settings.tls : self.settings.tls
    self.settings = settings
    self.settings.tls = tls
    table.limit = settings.connectionLimit
    table.limitPerAddress = settings.connectionLimitPerAddress
    table.limitsLoopback = settings.limitsLoopback
    return hasChanged
  }

  /// Lets new connections begin with another certificate, if it can be used.
  private func adoptCertificate(_ tls: (certificate: [UInt8], key: [UInt8])?) -> Bool {
    guard secure != nil, let tls, let old = settings.tls, tls != old,
      let new = TLSCredentials(certificate: tls.certificate, key: tls.key)
    else { return false }
    credentials = new
    return true
  }

  /// How many clients are connected.
  var connectionCount: Int { table.all.count }

  // MARK: Listening

  /// Listens at a TCP address, over TLS where the settings have a certificate. Returns where: the port that the
  /// kernel chose for 0; and whether an interface of this host has the address already.
  public func listen(
    at address: SocketAddress
  ) throws(ListenError) -> (address: SocketAddress, isThere: Bool) {
    let isSecure = settings.tls != nil
    do throws(SystemError) {
      if let socket = ListeningSocket(at: address, from: inherited) {
        try listen(socket, isSecure: isSecure)
        return (address, isThere: true)
      }
      let socket = try ListeningSocket(at: address)
      let bound = (socket.address, isThere: !socket.isAddressMissing)
      try listen(socket, isSecure: isSecure)
      return bound
    } catch {
      throw .socket(error)
    }
  }

  /// Listens at a unix socket with the permissions `mode`, chmod(2), always plain HTTP: what goes through it never leaves
  /// the machine. At the control socket, processes of root and of this process's user are administrators.
  public func listen(unixPath path: [UInt8], mode: UInt32, isControl: Bool = false)
    throws(ListenError)
  {
    do throws(SystemError) {
      if let address = SocketAddress(unixPath: path),
        let socket = ListeningSocket(at: address, from: inherited)
      {
        return try listen(socket, isSecure: false, isControl: isControl)
      }
      try listen(
        ListeningSocket(unixPath: path, mode: mode), isSecure: false, isControl: isControl)
    } catch {
      throw .socket(error)
    }
  }

  /// Starts to take connections at all listeners.
  public func start() throws(ListenError) {
    if let tls = settings.tls {
      credentials = TLSCredentials(certificate: tls.certificate, key: tls.key)
      if credentials == nil { throw .notStarted }
    }
    for isSecure in [false, true] where listeners.contains(where: { $0.isSecure == isSecure }) {
      guard let daemon = Daemon(server: self, on: loop, isSecure: isSecure) else {
        throw .notStarted
      }
      if isSecure { secure = daemon } else { plain = daemon }
    }
    do throws(SystemError) {
      for listener in listeners { try listener.resume() }
    } catch {
      throw .socket(error)
    }
  }

  /// The listening sockets that the service manager may keep over a restart.
  public var keepableSockets: [Int32] {
    listeners.compactMap { $0.socket.mayBeKept ? $0.socket.number : nil }
  }

  /// Takes no more connections, ends those that wait for a next request, and lets the others finish with their
  /// answer; `onDrained` is called once there are none. What clients had sent by now is still answered, and a new
  /// connection has a second for its first request, which may be on its way.
  public func drain(_ onDrained: @escaping () -> Void) {
    for listener in listeners {
      // More than may be connected would be refused.
      for _ in 0...settings.connectionLimit / HTTPServer.acceptedAtOnce {
        guard accept(from: listener) else { break }
      }
      listener.pause()
    }
    listeners = []
    isDraining = true
    self.onDrained = onDrained
    endIdle { $0.isNew }
    announceIfDrained()
    if self.onDrained != nil {
      _ = loop.schedule(after: HTTPServer.firstRequestPatience) { [self] in endIdle { _ in false } }
    }
  }

  /// Ends connections that wait for a next request, unless it is there already, or they are spared.
  private func endIdle(sparing isSpared: (ClientConnection) -> Bool) {
    for connection in table.all
    where connection.isIdle && connection.ahead.isEmpty && !isSpared(connection) {
      if case .bytes = peek(connection.descriptor, into: scratch) { continue }
      end(connection)
    }
  }

  /// Ends everything at once: requests that wait for their answer get 503.
  public func close() {
    for listener in listeners { listener.pause() }
    listeners = []
    isClosed = true
    loop.cancel(sweepTimer)
    for connection in table.all {
      guard let request = connection.request, let handler else { continue }
      request.interrupt(with: handler.response(to: .stopping, of: request))
    }
    for daemon in [plain, secure] { daemon?.stop() }
    plain = nil
    secure = nil
    handler = nil
  }

  private func listen(
    _ socket: consuming ListeningSocket, isSecure: Bool, isControl: Bool = false
  ) throws(SystemError) {
    listeners.append(
      Listener(socket, isSecure: isSecure, isControl: isControl, on: loop) { [self] in
        accept(from: $0)
      })
  }
}
