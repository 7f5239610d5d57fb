public import Bytes

/// Asks backends: over HTTP, or in tests by a script.
public protocol BackendClient: AnyObject {
  /// Posts `body` to an upstream; it is not copied, and must stay as it is until the transfer is over. `completion`
  /// is called once, at the end of a later turn, unless the transfer is cancelled before. With a `receiver` the
  /// response can be taken as it comes: then the result's body is empty, and all parts have been delivered before.
  func post(
    _ body: ByteBuffer, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID

  /// Posts `body` in the gap of a frame, or by itself without one.
  func post(
    _ body: ByteBuffer, in frame: BodyFrame?, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID

  /// Gives up a transfer: its connection is closed at once, its completion never called. One that has ended is
  /// left alone.
  func cancel(_ id: TransferID)

  /// How far a transfer has come; nowhere, if it has ended.
  func progress(of id: TransferID) -> TransferProgress

  /// Stops the delivery of parts until `resume`: at most 48 KB more are read from the backend, and then the
  /// connection is left alone, so that TCP slows the backend down. What has been read is delivered nevertheless once
  /// the response is complete. A backend that goes away is noticed only after `resume`.
  func pause(_ id: TransferID)

  /// Continues the delivery of parts, at the end of this turn.
  func resume(_ id: TransferID)

  /// Ends all transfers without completing them, and all connections. The client cannot be used again; until
  /// this is called it stays in memory, since its sockets refer to it.
  func close()
}
