internal import CMicroHTTPD
import Bytes

/// A request, from its request line to the end of its answer. Used on the event loop's thread only.
public final class Request {
  /// Where the request stands.
  enum State {
    /// The header section is coming or has just come.
    case receivingHead
    /// The body is coming, taken up to `bodyLimit` bytes, and then given to `handle`.
    case receivingBody
    /// The body is coming and dropped; after its end `refusal` is the answer.
    case discardingBody
    /// The application has it, or is about to get it; libmicrohttpd leaves the connection alone.
    case suspended
    /// libmicrohttpd has the answer.
    case responding
    /// The client has gone, or the connection is to be cut.
    case ended
  }

  /// The method.
  public private(set) var method = Method.other
  /// What the request is for; `nil` only for a request that is refused because of it.
  public let target: Target?
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

  /// Whether the client may know no chunks.
  private(set) var isHTTP10 = false
  /// Whether the body came in chunks, and may have a trailer section.
  private(set) var isChunked = false
  let connection: ClientConnection
  /// How many bytes the target had as it came.
  let targetCount: Int
  private let handle: OpaquePointer
  private unowned(unsafe) let daemon: Daemon
  var state = State.receivingHead
  /// The most bytes that the body may have.
  private(set) var bodyLimit = 0
  /// The application's function that gets the request once its body has come.
  private(set) var handler: ((Request) -> Void)?
  /// The answer that follows a body that is dropped.
  var refusal: Response?
  /// The body of the answer, where that is written piece by piece.
  private(set) var stream: ResponseStream?
  /// How much of the body has come, taken or forgotten.
  private(set) var receivedCount = 0

  /// A request for a target that had `targetCount` bytes as it came.
  init(
    _ target: Target?, targetCount: Int, handle: OpaquePointer, connection: ClientConnection,
    daemon: Daemon
  ) {
    self.target = target
    self.targetCount = targetCount
    self.handle = handle
    self.connection = connection
    self.daemon = daemon
    peer = connection.peer
  }

  func setHead(_ head: RequestHead) {
    method = head.method
    isHTTP10 = head.isHTTP10
    isChunked = head.isChunked
  }

  /// The body is received from now on.
  func receiveBody(limit: Int, handle: @escaping (Request) -> Void) {
    state = .receivingBody
    bodyLimit = limit
    handler = handle
  }

  /// The body is dropped from now on, and `refusal` follows it.
  func discardBody(before refusal: Response) {
    state = .discardingBody
    self.refusal = refusal
  }

  /// The value of the first field of this name, trimmed of blanks; `nil` when there is none. Only until the
  /// request is answered or abandoned.
  public func field(_ name: StaticString) -> [UInt8]? {
    field(name) { $0.copied }
  }

  /// The result of `body` for that value, which is lent for the call; `nil` where there is no such field.
  public func field<Result>(_ name: StaticString, body: (Span<UInt8>) -> Result) -> Result? {
    var value: UnsafePointer<CChar>?
    var count = 0
    guard
      MHD_lookup_connection_value_n(
        handle, .HEADER_KIND, name.asCString, name.utf8CodeUnitCount, &value, &count) == .YES
    else { return nil }
    let bytes = UnsafeRawBufferPointer(start: value, count: count)
    return body(bytes.bindMemory(to: UInt8.self).span.trimmingBlanks)
  }

  /// Answers. Without effect where the client has gone.
  public func respond(_ response: Response) {
    switch state {
    case .suspended:
      daemon.answer(self, response, handle)
    case .receivingHead, .receivingBody, .discardingBody, .responding:
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
    let stream = ResponseStream(handle: handle, daemon: daemon, isChunked: !isHTTP10)
    if case .ended = state { stream.end() } else { self.stream = stream }
    respond(head)
    return stream
  }

  /// Takes a part of the body; returns false once there is more than the limit.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    discard(bytes.count)
    guard receivedCount <= bodyLimit else {
      body = []
      return false
    }
    body.append(copying: bytes)
    return true
  }

  /// Counts a part of the body.
  func discard(_ count: Int) {
    receivedCount += count
    daemon.server.traffic.receivedBytes += count
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
