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
  /// The application; the server keeps it alive until `close`.
  public var handler: (any RequestHandler)?
  /// Told of connections that could not be taken for want of descriptors or memory.
  public var onAcceptFailure: ((SystemError) -> Void)?

  private let loop: EventLoop
  private let random: RandomSource
  private var listeners: [Listener] = []
  private var plain: Daemon?
  private var secure: Daemon?
  private var table: ConnectionTable
  /// How many connections are held open for a client that was refused.
  private var lingeringCount = 0
  private var sweepTimer: TimerID?
  private var onDrained: (() -> Void)?
  /// Where first requests are looked at, one at a time.
  private let headBuffer: UnsafeMutableRawBufferPointer
  private(set) var isDraining = false
  /// Whether the application is handed no more requests: those whose bodies are whole by now are refused.
  private(set) var isClosed = false
  /// What has gone through it.
  var traffic = ServerTraffic()

  /// How many connections one listener's turn takes at most.
  private static let acceptedAtOnce = 32
  /// How often what takes too long is looked for; deadlines are kept to within this.
  private static let sweepInterval = TimeSpan.milliseconds(500)
  /// How long a connection may wait for a request before it gives way to a new one where places are short.
  private static let idlePatience = TimeSpan.seconds(5)

  /// A server that listens nowhere yet.
  public init(_ settings: Settings, on loop: EventLoop, random: RandomSource) {
    self.settings = settings
    self.loop = loop
    self.random = random
    headBuffer = .allocate(byteCount: settings.headLimit + 1, alignment: 16)
    table = ConnectionTable(
      limit: settings.connectionLimit, limitPerAddress: settings.connectionLimitPerAddress)
  }

  deinit {
    headBuffer.deallocate()
  }

  /// Applies other limits. Connections that are open keep their idle timeout; the certificate stays.
  public func adopt(_ settings: Settings) {
    let tls = self.settings.tls
    self.settings = settings
    self.settings.tls = tls
    table.limit = settings.connectionLimit
    table.limitPerAddress = settings.connectionLimitPerAddress
  }

  /// How many clients are connected.
  var connectionCount: Int { table.all.count }

  // MARK: Listening

  /// Listens at a TCP address, over TLS where the settings have a certificate. Returns where: the port that the
  /// kernel chose for 0.
  public func listen(at address: SocketAddress) throws(ListenError) -> SocketAddress {
    let isSecure = settings.tls != nil
    do throws(SystemError) {
      let socket = try ListeningSocket(at: address)
      let bound = socket.address
      try listen(socket, isSecure: isSecure)
      return bound
    } catch {
      throw .socket(error)
    }
  }

  /// Listens at a unix socket, always plain HTTP: what goes through it never leaves the machine.
  public func listen(unixPath path: [UInt8]) throws(ListenError) {
    do throws(SystemError) {
      try listen(ListeningSocket(unixPath: path), isSecure: false)
    } catch {
      throw .socket(error)
    }
  }

  /// Starts to take connections at all listeners.
  public func start() throws(ListenError) {
    for isSecure in [false, true] where listeners.contains(where: { $0.isSecure == isSecure }) {
      guard let daemon = Daemon(server: self, on: loop, tls: isSecure ? settings.tls : nil) else {
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

  /// Takes no more connections, ends those that wait for a next request, and lets the others finish with their
  /// answer; `onDrained` is called once there are none. What clients had sent by now is still answered.
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
    for connection in table.all where connection.isIdle {
      if case .bytes = peek(connection.descriptor, into: headBuffer) { continue }
      end(connection)
    }
    announceIfDrained()
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
    for connection in table.all where !connection.isHandedOver { end(connection) }
    for daemon in [plain, secure] {
      // libmicrohttpd must not be stopped while connections are suspended: what this run still reads is refused, and
      // the next one says so.
      daemon?.run()
      daemon?.run()
      daemon?.stop()
    }
    plain = nil
    secure = nil
    handler = nil
  }

  private func listen(_ socket: consuming ListeningSocket, isSecure: Bool) throws(SystemError) {
    listeners.append(
      Listener(socket, isSecure: isSecure, on: loop) { [self] in accept(from: $0) })
  }

  // MARK: Connections

  /// Takes a bounded number of connections, so that a flood of them does not starve those that are open. Returns
  /// whether there may be more.
  @discardableResult
  private func accept(from listener: Listener) -> Bool {
    for _ in 0..<HTTPServer.acceptedAtOnce {
      do throws(SystemError) {
        guard let (descriptor, address) = try listener.socket.accept() else { return false }
        admit(descriptor, from: address, isSecure: listener.isSecure)
      } catch {
        pauseListeners(after: error)
        return false
      }
    }
    return true
  }

  /// Leaves new connections where they are for a second.
  private func pauseListeners(after error: SystemError) {
    onAcceptFailure?(error)
    for listener in listeners { listener.pause() }
    _ = loop.schedule(after: .seconds(1)) { [self] in
      do throws(SystemError) {
        for listener in listeners { try listener.resume() }
      } catch {
        pauseListeners(after: error)
      }
    }
  }

  /// Where all places are taken, a connection that has waited for seconds without a request gives way.
  private func makeRoom() -> Bool {
    guard table.isFull else { return true }
    let limit = loop.now - HTTPServer.idlePatience
    guard let idle = table.longestIdle(since: limit) else { return false }
    end(idle)
    return true
  }

  private func admit(_ descriptor: Int32, from address: SocketAddress, isSecure: Bool) {
    guard let daemon = isSecure ? secure : plain else { return closeConnection(descriptor) }
    let connection = ClientConnection(
      descriptor: descriptor, address: address, daemon: daemon, at: loop.now)
    guard !table.isFull(for: connection.peer), makeRoom() else {
      return closeConnection(descriptor)
    }
    do throws(SystemError) {
      connection.registration = try loop.register(descriptor, for: [.read, .peerClosed, .edge]) {
        [self] in
        observe(connection, $0)
      }
    } catch {
      onAcceptFailure?(error)
      return closeConnection(descriptor)
    }
    table.insert(connection)
    // What is inside TLS only libmicrohttpd can see.
    if isSecure { handOver(connection) }
    sweepSoon()
  }

  /// Something has come, or the client has left.
  private func observe(_ connection: ClientConnection, _ readiness: Readiness) {
    if readiness.contains(.read), case .waiting = connection.phase {
      connection.phase = .receivingHead
      connection.phaseStart = loop.now
      sweepSoon()
    }
    let hasLeft = !readiness.isDisjoint(with: [.peerClosed, .hangUp, .error])
    if hasLeft { connection.hasPeerClosed = true }
    if !connection.isHandedOver {
      inspect(connection)
    } else if hasLeft {
      // One that has only closed its sending side may still take an answer, and its time for it.
      let isGone = !readiness.isDisjoint(with: [.hangUp, .error])
      if isGone || !connection.isSending { table.markLeaving(connection) }
      peerClosed(connection)
    }
  }

  /// Looks at the first request of a connection until its header section is whole: then libmicrohttpd gets it, or
  /// the client a refusal.
  private func inspect(_ connection: ClientConnection) {
    switch peek(connection.descriptor, into: headBuffer) {
    case .nothing:
      break
    case .ended:
      end(connection)
    case .bytes(let count):
      let bytes = UnsafeRawBufferPointer(rebasing: headBuffer[..<count]).bindMemory(to: UInt8.self)
      switch RawHead.check(bytes.span, limit: settings.headLimit) {
      case .incomplete:
        if connection.hasPeerClosed { end(connection) }
      case .sound(let target):
        connection.keep(target)
        handOver(connection)
      case .refused(let refusal):
        refuse(
          connection, refusal,
          identifier(requested: RawHead.value(of: "x-request-id", in: bytes.span)))
      }
    }
  }

  private func handOver(_ connection: ClientConnection) {
    if !connection.daemon.add(connection) { connectionEnded(connection) }
  }

  private func refuse(
    _ connection: ClientConnection, _ refusal: Refusal, _ identifier: [UInt8]
  ) {
    guard let response = handler?.response(to: refusal, of: nil) else { return end(connection) }
    sendLastWords(response.wholeResponse(identifier: identifier), on: connection.descriptor)
    if let registration = connection.registration { loop.deregister(registration) }
    connection.registration = nil
    leave(connection)
    linger(LingeringClose(adopting: Descriptor(adopting: connection.descriptor), on: loop))
  }

  /// Reads on from a client that was refused. These connections take no client's place: they are counted apart. Beyond
  /// as many as may be connected, the next are closed at once.
  private func linger(_ close: LingeringClose) {
    guard lingeringCount < settings.connectionLimit else { return close.beBrief() }
    lingeringCount += 1
    close.begin { [self] in lingeringCount -= 1 }
  }

  /// The client has gone. While its request is with the application, libmicrohttpd does not notice.
  func peerClosed(_ connection: ClientConnection) {
    connection.request?.abandon()
  }

  /// Ends a connection. One that libmicrohttpd has, it finds closed and cleans up.
  private func end(_ connection: ClientConnection) {
    if connection.isHandedOver {
      table.markLeaving(connection)
      shutDownConnection(connection.descriptor)
    } else {
      leave(connection)
      closeConnection(connection.descriptor)
    }
  }

  /// libmicrohttpd is about to close the connection's socket.
  func connectionEnded(_ connection: ClientConnection) {
    leave(connection)
    if let lingering = connection.lingering { linger(lingering) }
    connection.lingering = nil
  }

  /// The connection's socket is being closed: nothing is watched or counted any more.
  private func leave(_ connection: ClientConnection) {
    if let registration = connection.registration { loop.forget(registration) }
    connection.registration = nil
    table.remove(connection)
    announceIfDrained()
  }

  private func announceIfDrained() {
    guard isDraining, table.all.isEmpty, let onDrained else { return }
    self.onDrained = nil
    onDrained()
  }

  // MARK: Requests

  /// The name of a request: the client's, if it sent a sane one.
  func identifier(requested: [UInt8]?) -> [UInt8] {
    if let requested, requested.isIdentifier { return requested }
    return random.identifier("req_")
  }

  func requestBegan(_ request: Request) {
    let connection = request.connection
    connection.request = request
    if case .waiting = connection.phase { connection.phaseStart = loop.now }
    connection.phase = .receivingBody(since: loop.now)
    sweepSoon()
  }

  /// An answer is about to be sent, whether the client has closed its sending side or not: as long as it takes, the
  /// connection has its place.
  func answerBegins(_ request: Request, _ response: Response) {
    request.state = .responding
    request.connection.phase = .answering
    table.markStaying(request.connection)
    traffic.count(response, hasBody: request.method != .head)
  }

  func requestEnded(_ connection: ClientConnection) {
    connection.request = nil
    if connection.hasPeerClosed {
      table.markLeaving(connection)
      // Unless a next request came before that, or it is closed already and its descriptor is another's.
      loop.atEndOfTurn { [self] in
        if connection.isWaiting, connection.place != nil { end(connection) }
      }
    }
    connection.phase = .waiting
    connection.phaseStart = loop.now
    if isDraining { end(connection) }
    sweepSoon()
  }

  // MARK: What takes too long

  private func sweepSoon() {
    guard sweepTimer == nil else { return }
    sweepTimer = loop.schedule(after: HTTPServer.sweepInterval) { [self] in sweep() }
  }

  /// Ends what is overdue, and goes on for as long as there is a deadline to keep.
  private func sweep() {
    sweepTimer = nil
    for connection in table.all where connection.isOverdue(at: loop.now, settings) {
      end(connection)
    }
    if table.all.contains(where: { $0.hasDeadline }) { sweepSoon() }
  }
}
