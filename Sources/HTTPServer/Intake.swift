internal import CMicroHTTPD
import Bytes
import Platform

/// A request's way through libmicrohttpd: header section, body, application, answer. `MHD_AccessHandlerCallback`
/// is called at each step; returning NO cuts the connection.
extension Daemon {
  func advance(_ request: Request, _ bytes: RequestBytes) -> MHD_Result {
    switch request.state {
    case .receivingHead:
      return begin(request, bytes)
    case .receivingBody:
      guard bytes.count.pointee > 0 else { return finishBody(request, bytes.handle) }
      let part = UnsafeRawBufferPointer(start: bytes.body, count: bytes.count.pointee)
      bytes.count.pointee = 0
      return request.receive(part)
        ? .YES : cutShort(request, refusal(.bodyTooLarge(limit: request.bodyLimit), request))
    case .discardingBody:
      guard bytes.count.pointee > 0 else {
        return send(request.refusal ?? unavailable, request, bytes.handle)
      }
      request.discard(bytes.count.pointee)
      bytes.count.pointee = 0
      return .YES
    case .suspended, .responding, .ended:
      return .NO
    }
  }

  /// The request is over: answered, or cut short.
  func complete(_ request: Request) {
    request.end()
    server.requestEnded(request.connection)
  }

  /// The header section has come: gate, admission, and how the body will be taken.
  private func begin(_ request: Request, _ bytes: RequestBytes) -> MHD_Result {
    let head = RequestHead(
      bytes, target: request.target, targetCount: request.targetCount,
      limit: server.settings.headLimit)
    request.setHead(head)
    request.identifier = server.identifier(requested: request.field("X-Request-Id"))
    server.requestBegan(request)
    let admission: Admission
    if let refusal = head.refusal {
      admission = .answer(self.refusal(refusal, request))
    } else {
      admission = server.handler?.admit(request) ?? .answer(unavailable)
    }
    switch admission {
    case .answer(let response):
      return refuse(request, response, head, bytes.handle)
    case .receiveBody(let limit, let handle):
      if let length = head.contentLength, length > limit {
        return refuse(
          request, refusal(.bodyTooLarge(limit: limit), request), head, bytes.handle)
      }
      request.receiveBody(limit: limit, handle: handle)
      return .YES
    }
  }

  /// Answers without the body. A small or empty one is read first, so that the connection can be used again and
  /// the client is sure to see the answer; a large or endless one is left to a lingering close.
  private func refuse(
    _ request: Request, _ response: Response, _ head: RequestHead, _ handle: OpaquePointer
  ) -> MHD_Result {
    let isSmall = !head.isChunked && head.contentLength ?? 0 <= 65536
    if isSmall, !head.expectsContinue, !response.closesConnection {
      request.discardBody(before: response)
      return .YES
    }
    linger(request.connection)
    return send(response, request, handle)
  }

  /// Answers in the middle of a body, where libmicrohttpd takes no answer: past it, and ends the connection. Over
  /// TLS, which only libmicrohttpd can write, the rest of the body is read first.
  private func cutShort(_ request: Request, _ response: Response) -> MHD_Result {
    guard !isSecure else {
      request.discardBody(before: response)
      return .YES
    }
    server.answerBegins(request, response)
    linger(request.connection)
    sendLastWords(
      response.wholeResponse(identifier: request.identifier), on: request.connection.descriptor)
    return .NO
  }

  private func linger(_ connection: ClientConnection) {
    connection.lingering = LingeringClose(sharing: connection.descriptor, on: loop)
  }

  /// The body has come whole, and its trailer section, if it has one.
  private func finishBody(_ request: Request, _ connection: OpaquePointer) -> MHD_Result {
    if request.isChunked, let refusal = RequestTrailer.refusal(connection) {
      return send(self.refusal(refusal, request), request, connection)
    }
    return handOver(request, connection)
  }

  /// The application gets the request at the end of this run, with all others that have come: the code of
  /// libmicrohttpd and that of the application together do not fit into a processor's nearest cache.
  private func handOver(_ request: Request, _ connection: OpaquePointer) -> MHD_Result {
    request.connection.phase = .answering
    request.state = .suspended
    MHD_suspend_connection(connection)
    received.append(request)
    return .YES
  }

  /// Hands over what has come.
  func handleReceived() {
    guard !received.isEmpty else { return }
    var batch: [Request] = []
    swap(&batch, &received)
    for request in batch {
      // Its connection may have ended while it waited here.
      guard case .suspended = request.state else { continue }
      guard !server.isClosed else {
        request.interrupt(with: refusal(.stopping, request))
        continue
      }
      request.handler?(request)
      if request.connection.hasPeerClosed { server.peerClosed(request.connection) }
    }
  }

  /// Answers a suspended request. The response is queued at once, which MHD_queue_response allows for a suspended
  /// connection, and goes out with the next run.
  func answer(_ request: Request, _ response: Response, _ handle: OpaquePointer) {
    // Where that fails, libmicrohttpd asks `advance` for the answer, which cuts the connection.
    if send(response, request, handle) != .YES { request.state = .ended }
    resume(handle)
  }

  /// The answer where the application is gone already.
  private var unavailable: Response { Response(status: 503, contentType: nil, body: []) }

  private func refusal(_ refusal: Refusal, _ request: Request) -> Response {
    var response = server.handler?.response(to: refusal, of: request) ?? unavailable
    switch refusal {
    case .ambiguous, .badTarget, .versionNotSupported, .fieldsTooLarge:
      response.closesConnection = true
    case .bodyTooLarge, .stopping:
      break
    }
    return response
  }

  private func send(_ response: Response, _ request: Request, _ handle: OpaquePointer) -> MHD_Result
  {
    server.answerBegins(request, response)
    // To HEAD libmicrohttpd 0.9.75 would send the last chunk of a body that is not there.
    let stream = request.method == .head ? nil : request.stream
    guard let raw = stream.map({ $0.makeResponse() }) ?? response.content.makeResponse() else {
      return .NO
    }
    defer { MHD_destroy_response(raw) }
    if let type = response.contentType {
      MHD_add_response_header(raw, "Content-Type", type.asCString)
    }
    add("X-Request-Id", request.identifier, to: raw)
    for field in response.fields { add(field.name, field.value, to: raw) }
    if response.closesConnection || server.isDraining {
      MHD_add_response_header(raw, "Connection", "close")
    }
    return MHD_queue_response(handle, UInt32(response.status), raw)
  }

  private func add(_ name: StaticString, _ value: [UInt8], to response: OpaquePointer) {
    fieldValue.truncate(to: 0)
    fieldValue.append(value.span)
    fieldValue.append(0)
    MHD_add_response_header(
      response, name.asCString, fieldValue.address.assumingMemoryBound(to: CChar.self))
  }
}
