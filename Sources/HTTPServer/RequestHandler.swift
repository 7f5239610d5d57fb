/// What a server asks its application. Calls come on the event loop's thread and must not block.
public protocol RequestHandler: AnyObject {
  /// The header section has come whole and is sound. Says how many bytes of body to take, or answers at once.
  func admit(_ request: Request) -> Admission

  /// The answer to a request that the server itself refuses; `request` is `nil` where it is not known yet.
  func response(to refusal: Refusal, of request: Request?) -> Response
}

/// What happens to a request whose header section has come.
public enum Admission {
  /// Its body is received, up to `limit` bytes. `handle` is called once it has come whole, unless the server closes
  /// before, and answers by `request.respond`: once, now or in a later turn.
  case receiveBody(limit: Int, handle: (Request) -> Void)
  /// It is answered without its body.
  case answer(Response)
}
