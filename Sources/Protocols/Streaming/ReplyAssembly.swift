import Bytes
import JSON

/// Puts the events of a streamed reply together, in one dialect.
protocol ReplyAssembly: AnyObject {
  /// Takes an event, a JSON object.
  func take(_ event: JSONValue, into progress: ReplyProgress)

  /// Nothing more comes: what was held back goes out.
  func finish(into progress: ReplyProgress)

  /// The body that the reply would have had if it had come whole. `content` is the whole content, a JSON string,
  /// `null` if it is missing.
  func body(content: Span<UInt8>) -> [UInt8]
}
