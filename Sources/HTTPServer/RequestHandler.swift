/// What a server asks its application. Calls come on the event loop's thread and must not block.
public protocol RequestHandler: AnyObject {
  /// The header section has come whole and is sound. Says how many bytes of body to take, or answers at once.
  func admit(_ request: Request) -> Admission

  /// The whole request has come. The application answers by `request.respond`, once, now or in a later turn.
  func handle(_ request: Request)

  /// The client has gone before it was answered: nobody wants the answer any more. `respond` does nothing from
  /// now on.
  func abandon(_ request: Request)

  /// The answer to a request that the server itself refuses.
  func response(to refusal: Refusal) -> Response
}

/// What becomes of a request whose header section has come.
public enum Admission {
  /// Its body is read, up to so many bytes.
  case read(bodyLimit: Int)
  /// It is answered without its body.
  case answer(Response)
}
