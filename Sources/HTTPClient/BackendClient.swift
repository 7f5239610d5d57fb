/// Asks backends: over HTTP, or in tests by a script.
public protocol BackendClient: AnyObject {
  /// Posts `body` to an upstream. `completion` is called once, at the end of a later turn, unless the transfer
  /// is cancelled before.
  func post(
    _ body: [UInt8], to upstream: Upstream, fields: FieldLines,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID

  /// Gives a transfer up: its connection is closed at once, its completion never called. One that has ended is
  /// left alone. Returns the status code, as far as a response had begun; else 0.
  @discardableResult
  func cancel(_ id: TransferID) -> Int

  /// Ends all transfers without completing them, and all connections. The client cannot be used again; until
  /// this is called it stays in memory, since its sockets refer to it.
  func close()
}
