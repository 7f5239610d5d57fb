import Bytes
import JSON

/// Puts the events of a streamed reply together, in one dialect.
protocol ReplyAssembly: AnyObject {
  /// Takes an event, a JSON object.
  ///
  /// Returns its text, a string, if another event that differs from it in that alone brings nothing else. `nil` says that
  /// the next event must be read, whatever it is.
  func take(_ event: JSONValue, into progress: ReplyProgress) -> JSONValue?

  /// Takes an event that differs from the last one in its text alone, which was returned. `text` is the inside of the
  /// string.
  func take(_ event: [UInt8], text: Span<UInt8>, into progress: ReplyProgress)

  /// Nothing more comes: what was held back goes out.
  func finish(into progress: ReplyProgress)

  /// The body that the reply would have had if it had come whole. `content` is the whole content, a JSON string,
  /// `null` if it is missing.
  func body(content: Span<UInt8>) -> [UInt8]
}

extension ReplyAssembly {
  func take(_ event: [UInt8], text: Span<UInt8>, into progress: ReplyProgress) {
    progress.append(inside: text)
  }
}
