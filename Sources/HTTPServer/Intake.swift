internal import CMicroHTTPD
import Bytes
import Platform

/// A request's way through libmicrohttpd, once the gate has read it whole: application, answer.
/// `MHD_AccessHandlerCallback` is called at each step; returning NO cuts the connection.
extension Daemon {
  /// The most requests that the kept memory of a batch has room for.
  private static let keptBatch = 64

  func advance(_ request: Request, _ handle: OpaquePointer) -> MHD_Result {
    switch request.state {
    case .receivingBody:
      return handOver(request, handle)
    case .discardingBody:
      // What was not suspended is not read again by itself.
      request.connection.mustReadAgain = request.connection.hasUnread
      return send(request.pendingAnswer ?? unavailable, request, handle)
    case .suspended, .responding, .ended:
      return .NO
    }
  }

  /// The request is over: answered, or cut short.
  func complete(_ request: Request) {
    request.end()
    server.requestEnded(request.connection)
  }

  /// The application gets the request at the end of this run, with all others that have come: the code of
  /// libmicrohttpd and that of the application together do not fit into a processor's nearest cache.
  private func handOver(_ request: Request, _ connection: OpaquePointer) -> MHD_Result {
    request.connection.phase = .answering
    // epoll does not tell of what GnuTLS has.
    request.connection.mustReadAgain = isSecure && request.connection.hasUnread
    request.state = .suspended
    MHD_suspend_connection(connection)
    received.append(request)
    return .YES
  }

  /// Hands over what has come.
  func handleReceived() {
    guard !received.isEmpty else { return }
    var batch: [Request] = []
    swap(&batch, &spareReceived)
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
    batch.removeAll(keepingCapacity: batch.capacity <= Daemon.keptBatch)
    swap(&batch, &spareReceived)
  }

  /// Answers a suspended request. The response is queued at once, which MHD_queue_response allows for a suspended
  /// connection, and goes out with the next run.
  func answer(_ request: Request, _ response: Response, _ handle: OpaquePointer) {
    // Where that fails, libmicrohttpd asks `advance` for the answer, which cuts the connection.
    if send(response, request, handle) != .YES { request.state = .ended }
    resume(handle)
  }

  /// The answer where the application is gone already.
  var unavailable: Response { Response(status: 503, contentType: nil, body: []) }

  func refusal(_ refusal: Refusal, _ request: Request) -> Response {
    server.note(refusal.reason, request.connection)
    return server.handler?.response(to: refusal, of: request) ?? unavailable
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
