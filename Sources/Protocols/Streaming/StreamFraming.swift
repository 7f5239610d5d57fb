import Bytes

/// How a streamed reply is divided into its pieces.
public enum StreamFraming: Equatable, Sendable, CaseIterable {
  /// Server-sent events; the WHATWG's HTML standard, "server-sent events".
  case events
  /// One JSON text per line; ndjson.
  case lines

  /// The framing that a `Content-Type` announces; `nil` for any other, because then the reply comes whole. Parameters
  /// do not matter.
  public init?(contentType: Span<UInt8>) {
    let type = contentType.mediaType
    if type.equalsIgnoringCase("text/event-stream") {
      self = .events
    } else if type.equalsIgnoringCase("application/x-ndjson")
      || type.equalsIgnoringCase("application/ndjson")
      || type.equalsIgnoringCase("application/jsonl")
      || type.equalsIgnoringCase("application/x-jsonlines")
    {
      self = .lines
    } else {
      return nil
    }
  }
}
