internal import CMicroHTTPD
public import Bytes

/// A request, from its request line to the end of its answer. Used on the event loop's thread only.
public final class Request {
  /// Where the request stands.
  enum State {
    /// The body is coming and kept; when it is whole, `handler` gets the request.
    case receivingBody
    /// The body is coming and dropped; after its end comes `pendingAnswer`.
    case discardingBody
    /// The application has it, or is about to get it; libmicrohttpd leaves the connection alone.
    case suspended
    /// libmicrohttpd has the answer.
    case responding
    /// The client has gone, or the connection is to be cut.
    case ended
  }

  /// The sizes of bodies that get their memory at once: it comes from the kernel, and goes back to it, and no client makes
  /// it refuse by what it announces.
  private static let largeBody = 1 << 20...64 << 20

  /// The method.
  public var method: Method { head?.method ?? .other }
  /// What the request is for; `nil` only for a request that is refused because of it.
  public var target: Target? { head?.target }
  /// Who sends it.
  public let peer: Peer
  /// The name of this request in logs and in `X-Request-Id`: the client's own where that is sane (1 to 128
  /// characters of visible ASCII), else a new one.
  public internal(set) var identifier: [UInt8] = []
  /// The body, once it has come whole.
  public private(set) var body: [UInt8] = []

  /// Called once if the client goes before the application has answered, or before it has ended a stream. From then on
  /// `respond` does nothing. An application that answers in a later turn sets this.
  public var onAbandon: (() -> Void)?

  /// What has gone through the server that the request came to.
  public var serverTraffic: ServerTraffic { daemon.server.traffic }
  /// How many clients are connected to that server, this one included.
  public var serverConnectionCount: Int { daemon.server.connectionCount }

  /// The header section; `nil` for a request that is refused because of it.
  private let head: RequestHead?
  let connection: ClientConnection
  private let handle: OpaquePointer
  private unowned(unsafe) let daemon: Daemon
  var state = State.discardingBody
  /// The application's function that gets the request once its body has come.
  private(set) var handler: ((Request) -> Void)?
  /// The answer that follows a body that is dropped.
  private(set) var pendingAnswer: Response?
  /// The body of the answer, where that is written piece by piece.
  private(set) var stream: ResponseStream?
  /// How much of the body has come, taken or forgotten.
  private(set) var receivedCount = 0

  /// A request of a connection that libmicrohttpd has.
  init(_ head: RequestHead?, of connection: ClientConnection) {
    guard let handle = connection.handle else {
      preconditionFailure("a request is read where libmicrohttpd has the connection")
    }
    self.head = head
    self.handle = handle
    self.connection = connection
    daemon = connection.daemon
    peer = connection.peer
  }

  /// The line by which libmicrohttpd learns of the request: all that its answer's framing depends on.
  var standIn: StaticString {
    guard let head else { return "GET / HTTP/1.1\r\nHost:\r\n\r\n" }
    let isHead = head.method == .head
    return switch (head.isHTTP10, head.endsConnection) {
    case (false, false):
      isHead ? "HEAD / HTTP/1.1\r\nHost:\r\n\r\n" : "GET / HTTP/1.1\r\nHost:\r\n\r\n"
    case (false, true):
      isHead
        ? "HEAD / HTTP/1.1\r\nHost:\r\nConnection:close\r\n\r\n"
        : "GET / HTTP/1.1\r\nHost:\r\nConnection:close\r\n\r\n"
    case (true, false):
      isHead
        ? "HEAD / HTTP/1.0\r\nConnection:keep-alive\r\n\r\n"
        : "GET / HTTP/1.0\r\nConnection:keep-alive\r\n\r\n"
    case (true, true):
      isHead ? "HEAD / HTTP/1.0\r\n\r\n" : "GET / HTTP/1.0\r\n\r\n"
    }
  }

  /// The body is received from now on; `handle` gets the request when it is whole. A large one that says its size gets
  /// its memory at once, which is not used before the bytes come: growing it would need twice as much.
  func receiveBody(of count: Int?, then handle: @escaping (Request) -> Void) {
    if let count, Request.largeBody ~= count { body.reserveCapacity(count) }
    state = .receivingBody
    handler = handle
  }

  /// The body is dropped from now on, and `answer` follows it.
  func discardBody(before answer: Response) {
    body = []
    state = .discardingBody
    pendingAnswer = answer
  }

  /// The value of the first field of this name, trimmed of blanks; `nil` when there is none.
  public func field(_ name: StaticString) -> [UInt8]? {
    field(name) { $0.copied }
  }

  /// The result of `body` for that value, which is lent for the call; `nil` where there is no such field.
  public func field<Result>(_ name: StaticString, body: (Span<UInt8>) -> Result) -> Result? {
    head?.field(name, read: body) ?? nil
  }

  /// Whether a field has a name that `matches`. O(fields).
  public func hasField(where matches: (Span<UInt8>) -> Bool) -> Bool {
    head?.hasField(where: matches) ?? false
  }

  /// What the Host field names; `nil` without one, or if it is empty.
  public var host: Authority? { head?.host }

  /// Whether the client speaks HTTP/1.0.
  public var isHTTP10: Bool { head?.isHTTP10 ?? false }

  /// The values of all fields of this name as one list (RFC 9110 section 5.3); `nil` if there is no such field, or all
  /// are empty.
  public func list(_ name: StaticString) -> [UInt8]? { head?.list(name) }

  /// Answers. Without effect where the client has gone.
  public func respond(_ response: Response) {
    switch state {
    case .suspended:
      daemon.answer(self, response, handle)
    case .receivingBody, .discardingBody, .responding:
      preconditionFailure("a request is answered once, after it was handed to the application")
    case .ended:
      break
    }
  }

  /// Answers with a body that is written piece by piece. `head` has no body; its header section goes out at once.
  ///
  /// The answer to HEAD has no body: there `onAbandon` is called as soon as the header section is out.
  public func respond(streaming head: Response) -> ResponseStream {
    precondition(head.content.count == 0, "the body of a stream is written to it")
    let stream = ResponseStream(
      handle: handle, daemon: daemon, isChunked: self.head?.isHTTP10 != true)
    if case .ended = state { stream.end() } else { self.stream = stream }
    respond(head)
    return stream
  }

  /// Takes a part of the body, or drops it.
  func receive(_ bytes: Span<UInt8>) {
    receivedCount += bytes.count
    daemon.server.traffic.receivedBytes += Int64(bytes.count)
    if case .receivingBody = state { body.append(copying: bytes) }
  }

  /// The client has gone while its request is with the application, or the answer's body still being written:
  /// libmicrohttpd is woken to cut the connection.
  func abandon() {
    if case .suspended = state {
      state = .ended
      daemon.resume(handle)
    } else if let stream, stream.isOpen {
      stream.abandon()
    } else {
      return
    }
    announceAbandonment()
  }

  /// The server does not wait for the application any longer: a suspended request gets this answer, and a stream is
  /// broken off.
  func interrupt(with response: Response) {
    if let stream, stream.isOpen {
      stream.abort()
      return announceAbandonment()
    }
    guard case .suspended = state else { return }
    announceAbandonment()
    daemon.answer(self, response, handle)
  }

  /// libmicrohttpd is done with the request, answered or not.
  func end() {
    let wasAwaited =
      switch state {
      case .suspended: true
      default: stream?.isOpen == true
      }
    state = .ended
    stream?.end()
    if wasAwaited { announceAbandonment() }
    onAbandon = nil
    handler = nil
  }

  private func announceAbandonment() {
    let announce = onAbandon
    onAbandon = nil
    announce?()
  }
}

extension StaticString {
  /// The bytes as C takes them; literals end with NUL.
  var asCString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
