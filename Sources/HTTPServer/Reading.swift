internal import CMicroHTTPD
import Bytes
import EventLoop
import Platform

/// The gate: every byte of a request is read here, in the place of libmicrohttpd, which gets a header section of one
/// line once the request is whole, and the answer for it.
///
/// So one parser reads the first and the tenth request, plain and over TLS, and libmicrohttpd never refuses anything.
/// RFC 9112 section 11.2.
extension Daemon {
  /// How much is read at once of a section or of chunks. What belongs to a next request waits in memory.
  private static let pieceSize = 16384
  /// How much is read before other connections have their turn.
  private static let fairShare = 1 << 20

  /// Reads what a connection has sent, and puts into `room` what libmicrohttpd is to see; `on_read` of
  /// `cmhd_settings`. Returns the number of bytes, or what CMicroHTTPD.h names.
  ///
  /// libmicrohttpd takes "nothing more" and a short count for "everything has been read", and waits for epoll, which
  /// tells each arrival once. So this reads until there is nothing more, the request is whole, or `readAgain`.
  func read(
    _ connection: ClientConnection, _ source: cmhd_source, into room: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard connection.isReading else { return CMHD_AGAIN }
    if connection.isRefusedForTime {
      refuse(connection, .tooSlow, nil)
      connection.reader.skipBody()
      return deliver(connection, into: room)
    }
    if connection.isHandshaking { connection.begin(.waiting, at: loop.now) }
    if !connection.ahead.isEmpty {
      let ahead = connection.ahead
      connection.ahead = []
      if take(ahead.span, connection, source) { return deliver(connection, into: room) }
    }
    var total = 0
    while true {
      let wanted = min(connection.reader.missingCount ?? Daemon.pieceSize, server.scratch.count)
      let count = cmhd_receive(source, server.scratch.baseAddress, wanted)
      if count <= 0 {
        if count == CMHD_AGAIN { notePartial(connection) }
        return count
      }
      connection.hasUnread = count == wanted
      let bytes = UnsafeRawBufferPointer(rebasing: server.scratch[..<count])
      if take(bytes.bindMemory(to: UInt8.self).span, connection, source) {
        return deliver(connection, into: room)
      }
      if connection.isBroken { return CMHD_BROKEN }
      // The end comes with the last bytes where the client has closed its side.
      let isDrained = source.session == nil && count < wanted && !connection.hasPeerClosed
      total += count
      if isDrained || total >= Daemon.fairShare {
        notePartial(connection)
        if !isDrained { readAgain(connection) }
        return CMHD_AGAIN
      }
    }
  }

  /// Gives libmicrohttpd the line that stands for a whole request.
  private func deliver(
    _ connection: ClientConnection, into room: UnsafeMutableRawBufferPointer
  ) -> Int {
    let line = connection.request!.standIn
    let bytes = UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount)
    // Less room is only there to find out whether a connection is broken.
    guard room.count >= bytes.count else { return CMHD_BROKEN }
    connection.isReading = false
    room.copyMemory(from: bytes)
    return bytes.count
  }

  /// A part of a request has come, and more must follow.
  private func notePartial(_ connection: ClientConnection) {
    guard connection.reader.isInside, let handle = connection.handle else { return }
    if connection.isWaiting {
      connection.begin(.receivingHead, at: loop.now)
      server.sweepSoon()
    }
    cmhd_note_activity(handle, connection.idleSeconds)
  }

  // MARK: Parts of a request

  /// Takes bytes that have come; returns whether the request is whole, or refused.
  private func take(
    _ bytes: Span<UInt8>, _ connection: ClientConnection, _ source: cmhd_source
  ) -> Bool {
    var index = 0
    while true {
      switch connection.reader.read(bytes, at: &index) {
      case .incomplete:
        return false
      case .head(let head):
        switch begin(head, connection) {
        case .answered:
          return true
        case .waited where index == bytes.count:
          guard tellToContinue(source) else {
            connection.isBroken = true
            return false
          }
        case .waited, .sent:
          break
        }
      case .data(let range):
        connection.request?.receive(bytes.extracting(range))
      case .whole:
        connection.ahead = bytes.extracting(index...).copied
        return true
      case .refused(let refusal, let identifier):
        refuse(connection, refusal, identifier)
        return true
      }
    }
  }

  /// What the client does with the body of a request whose header section has come.
  private enum Body {
    /// It sends the body without being told.
    case sent
    /// It waits for a go-ahead.
    case waited
    /// The request is answered without the body.
    case answered
  }

  /// The header section has come: admission, and how the body is taken.
  private func begin(_ head: RequestHead, _ connection: ClientConnection) -> Body {
    let request = Request(head, of: connection)
    request.identifier = server.identifier(requested: request.field("X-Request-Id"))
    server.requestBegan(request)
    switch server.handler?.admit(request) ?? .answer(unavailable) {
    case .answer(let response):
      return answerWithoutBody(request, head, response)
    case .receiveBody(let limit, let handle):
      if let length = head.contentLength, length > limit {
        return answerWithoutBody(request, head, refusal(.bodyTooLarge(limit: limit), request))
      }
      request.receiveBody(of: head.contentLength, then: handle)
      connection.reader.takeBody(of: head, limit: limit)
      return head.expectsContinue ? .waited : .sent
    }
  }

  /// RFC 9110 section 15.2.1.
  private func tellToContinue(_ source: cmhd_source) -> Bool {
    let text: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
    return cmhd_send(source, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// Answers without the body. A small or empty one is read first, so that the connection can be used again and
  /// the client is sure to see the answer; a large or endless one is left to a lingering close.
  private func answerWithoutBody(
    _ request: Request, _ head: RequestHead, _ response: Response
  ) -> Body {
    let isSmall = !head.isChunked && head.contentLength ?? 0 <= 65536
    if isSmall, !head.expectsContinue, !response.closesConnection {
      request.discardBody(before: response)
      request.connection.reader.takeBody(of: head, limit: 65536)
      return .sent
    }
    answerAtOnce(request, response)
    request.connection.reader.skipBody()
    return .answered
  }

  /// The gate refuses the request, in its header section or in its body.
  private func refuse(_ connection: ClientConnection, _ refusal: Refusal, _ identifier: [UInt8]?) {
    let request = connection.request ?? Request(nil, of: connection)
    if connection.request == nil {
      request.identifier = server.identifier(requested: identifier)
      server.requestBegan(request)
    }
    answerAtOnce(request, self.refusal(refusal, request))
  }

  /// The response is the last one of the connection, and what the client still sends is dropped.
  private func answerAtOnce(_ request: Request, _ response: Response) {
    var response = response
    response.closesConnection = true
    request.discardBody(before: response)
    request.connection.lingering = LingeringClose(
      sharing: request.connection.descriptor, on: loop)
  }
}
