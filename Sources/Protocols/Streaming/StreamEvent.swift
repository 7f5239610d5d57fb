/// One piece of a stream: a server-sent event, or a line of JSON.
public struct StreamEvent: Equatable, Sendable {
  /// The value of `event:`; empty if it is missing.
  public var type: [UInt8]

  /// The values of `data:`, joined by LF; or the line.
  public var data: [UInt8]

  /// An event from its parts.
  public init(type: [UInt8], data: [UInt8]) {
    self.type = type
    self.data = data
  }
}
