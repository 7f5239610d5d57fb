internal import CMicroHTTPD
import Bytes
import EventLoop
import Platform

/// A libmicrohttpd daemon with an external event loop: it is given its connections and run when its epoll
/// descriptor or its own clock asks for it. Callbacks come from within `MHD_run`, at the end of a turn.
final class Daemon {
  let loop: EventLoop
  unowned(unsafe) let server: HTTPServer
  /// Whether it speaks TLS.
  let isSecure: Bool
  private var daemon: OpaquePointer?
  /// What connections have that are told nothing else.
  private let initialIdleSeconds: UInt32
  private var registration: Registration?
  private var timer: TimerID?
  private var timerDeadline: Instant?
  private var isRunScheduled = false
  /// Runs libmicrohttpd at the end of a turn: made once, because a function that captures takes memory. It refers to the
  /// daemon until that is stopped.
  private lazy var runLater: () -> Void = { [self] in
    isRunScheduled = false
    run()
  }
  /// Whether there may be events since the last run: the epoll descriptor is readable, or a connection was added.
  private var hasEvents = false
  /// Whether a stream was resumed since the last run.
  private var hasStreamsToSend = false
  /// Requests whose bodies have come, for the application.
  var received: [Request] = []
  /// The array in which they are kept while they are handed over, so that its memory is used again.
  var spareReceived: [Request] = []
  /// Where libmicrohttpd finds the value of a response's header field, of which it makes a copy.
  let fieldValue = ByteBuffer(capacity: 256)
  /// Whose connection libmicrohttpd is being given right now.
  private var adding: ClientConnection?

  /// The memory of a connection in libmicrohttpd: the answer's header section, and the pieces of a stream. It never
  /// sees more of a request than a line.
  private static let connectionMemory = 8 * 1024

  /// TLS 1.2 and 1.3 (RFC 8996) with forward secrecy and authenticated encryption (RFC 9325), the best of what the client
  /// offers; gnutls_priority_init(3).
  private static let tlsPriorities: StaticString = """
    NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:\
    +CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE
    """

  /// Starts a daemon; one that is secure speaks HTTPS, with the server's credentials. `nil` where libmicrohttpd refuses.
  init?(server: HTTPServer, on loop: EventLoop, isSecure: Bool) {
    self.server = server
    self.loop = loop
    self.isSecure = isSecure
    let settings = server.settings
    initialIdleSeconds = settings.idleSeconds
    var raw = cmhd_settings()
    raw.context = Unmanaged.passUnretained(self).toOpaque()
    // Admission is the server's, whose limit may change; this is far above it, for connections that linger until
    // cleaned up.
    raw.connection_limit = 1 << 18
    raw.idle_seconds = settings.idleSeconds
    raw.connection_memory = Daemon.connectionMemory
    setCallbacks(&raw)
    if isSecure { raw.tls_priorities = Daemon.tlsPriorities.asCString }
    daemon = cmhd_start(&raw)
    guard let daemon else { return nil }
    registration = try? loop.register(cmhd_epoll_descriptor(daemon), for: .read) { [self] _ in
      hasEvents = true
      runAtEndOfTurn()
    }
    guard registration != nil else {
      MHD_stop_daemon(daemon)
      return nil
    }
  }

  /// Closes all connections and ends the daemon.
  func stop() {
    // libmicrohttpd must not be stopped while connections are suspended: what this run still reads is refused, and the
    // next one says so.
    hasEvents = true
    run()
    run()
    loop.cancel(timer)
    if let registration { loop.deregister(registration) }
    registration = nil
    if let daemon { MHD_stop_daemon(daemon) }
    daemon = nil
    runLater = {}
  }

  /// Hands a connection over; its socket is libmicrohttpd's from now on, also if this fails.
  func add(_ connection: ClientConnection) -> Bool {
    guard
      cmhd_watch(
        connection.descriptor, Unmanaged.passUnretained(connection).toOpaque(), isSecure)
    else {
      closeConnection(connection.descriptor)
      return false
    }
    adding = connection
    defer { adding = nil }
    let result = connection.address.withSystemAddress { address, length in
      MHD_add_connection(
        daemon, connection.descriptor, address.assumingMemoryBound(to: sockaddr.self), length)
    }
    hasEvents = true
    runAtEndOfTurn()
    if result != .YES { cmhd_unwatch(connection.descriptor) }
    return result == .YES
  }

  /// libmicrohttpd is about to close a connection.
  private func forget(_ connection: ClientConnection) {
    cmhd_unwatch(connection.descriptor)
    connection.handle = nil
    server.connectionEnded(connection)
    if let credentials = connection.credentials, credentials !== server.credentials {
      // GnuTLS may still use them until the callback has returned.
      loop.atEndOfTurn { withExtendedLifetime(credentials) {} }
    }
  }

  /// Has libmicrohttpd read from a connection once more, after this turn: the gate stopped before all had been read.
  func readAgain(_ connection: ClientConnection) {
    loop.atEndOfTurn { [self] in
      guard connection.place != nil, connection.isReading, let handle = connection.handle else {
        return
      }
      cmhd_read_again(handle)
      runAtEndOfTurn()
    }
  }

  /// Lets libmicrohttpd continue a connection that was suspended.
  func resume(_ connection: OpaquePointer) {
    MHD_resume_connection(connection)
    runAtEndOfTurn()
  }

  /// Lets libmicrohttpd continue a stream that has something to send.
  func resume(stream connection: OpaquePointer) {
    hasStreamsToSend = true
    resume(connection)
  }

  /// Has libmicrohttpd clean up a connection that its content reader is about to end.
  ///
  /// Up to 1.0.1 at least, such a connection is closed but not cleaned up, so that its socket stays open, until it is
  /// the one of the longest silence. Any client that only keeps its connection open puts that off for minutes.
  /// Connections with a timeout of their own are looked at in every run.
  func cleanUpSoon(_ connection: OpaquePointer) {
    cmhd_set_idle_seconds(connection, initialIdleSeconds == 1 ? 2 : 1)
    runAtEndOfTurn()
  }

  // MARK: Running

  /// Runs libmicrohttpd once this turn, however many reasons there are.
  private func runAtEndOfTurn() {
    guard !isRunScheduled else { return }
    isRunScheduled = true
    loop.atEndOfTurn(runLater)
  }

  /// Lets libmicrohttpd do what there is to do.
  private func run() {
    guard let daemon else { return }
    cmhd_run(daemon, hasEvents)
    hasEvents = false
    if hasStreamsToSend {
      // Of a stream that was suspended, the first run only fetches what is to be sent.
      hasStreamsToSend = false
      cmhd_run(daemon, false)
    }
    scheduleNextRun()
    // What is answered at once schedules a run of its own.
    handleReceived()
  }

  /// For when libmicrohttpd wants to look at its connections, if nothing comes before.
  private func scheduleNextRun() {
    var milliseconds: UInt64 = 0
    guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return }
    let deadline = loop.now + .milliseconds(Int(clamping: milliseconds))
    // A timer that fires too early only runs libmicrohttpd once for nothing; so a later deadline needs none.
    if let timerDeadline, timerDeadline <= deadline { return }
    loop.cancel(timer)
    timerDeadline = deadline
    timer = loop.schedule(at: deadline) { [self] in
      timerDeadline = nil
      runAtEndOfTurn()
    }
  }

  // MARK: libmicrohttpd's callbacks

  private func setCallbacks(_ raw: inout cmhd_settings) {
    raw.on_read = { connection, source, room, count in
      // Lent, because libmicrohttpd's own reference lasts for the call.
      Unmanaged<ClientConnection>.fromOpaque(connection!)._withUnsafeGuaranteedRef {
        $0.daemon.read($0, source, into: UnsafeMutableRawBufferPointer(start: room, count: count))
      }
    }
    raw.on_plain_http = { connection in
      let connection = Unmanaged<ClientConnection>.fromOpaque(connection!).takeUnretainedValue()
      connection.daemon.server.refusePlainHTTP(connection)
    }
    raw.on_request = { context, handle, _, _, _, _, _, request in
      // A request that the gate has not read is not answered.
      guard let connection = Daemon.connection(of: handle!), let current = connection.request
      else { return .NO }
      guard request!.pointee != nil else {
        // Released by on_completed. An answer to the first call would end the connection, so there is a second one.
        request!.pointee = Unmanaged.passRetained(current).toOpaque()
        return .YES
      }
      return connection.daemon.advance(current, handle!)
    }
    raw.on_completed = { context, _, request, _ in
      guard let pointer = request?.pointee else { return }
      request?.pointee = nil
      Daemon.recover(context).complete(Unmanaged<Request>.fromOpaque(pointer).takeRetainedValue())
    }
    raw.on_connection = { context, handle, pointer, what in
      let daemon = Daemon.recover(context)
      if what == .CONNECTION_NOTIFY_STARTED {
        daemon.adding?.handle = handle
        if daemon.isSecure, let credentials = daemon.server.credentials {
          credentials.apply(to: handle!)
          daemon.adding?.credentials = credentials
        }
        // Released below, at the connection's end.
        pointer?.pointee = daemon.adding.map { Unmanaged.passRetained($0).toOpaque() }
        let idleSeconds = daemon.server.settings.idleSeconds
        if idleSeconds != daemon.initialIdleSeconds { cmhd_set_idle_seconds(handle, idleSeconds) }
      } else if let connection = pointer?.pointee {
        pointer?.pointee = nil
        daemon.forget(Unmanaged<ClientConnection>.fromOpaque(connection).takeRetainedValue())
      }
    }
  }

  private static func recover(_ context: UnsafeMutableRawPointer?) -> Daemon {
    Unmanaged<Daemon>.fromOpaque(context!).takeUnretainedValue()
  }

  private static func connection(of handle: OpaquePointer) -> ClientConnection? {
    cmhd_connection_context(handle).pointee.map {
      Unmanaged<ClientConnection>.fromOpaque($0).takeUnretainedValue()
    }
  }
}
