/// How far a transfer has come.
public struct TransferProgress {
  /// The status code, 0 if no response's header section has come whole.
  public let status: Int
  /// How long the phases took that are over.
  public let timings: TransferTimings

  /// Not begun, unless something is said.
  public init(status: Int = 0, timings: TransferTimings = TransferTimings()) {
    self.status = status
    self.timings = timings
  }
}
