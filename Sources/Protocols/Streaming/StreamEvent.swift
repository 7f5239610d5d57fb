import Bytes

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

extension StreamEvent {
  /// The types of events that bring parts of replies, besides Anthropic's `content_block_…`, and `response.…`.
  private static let contentTypes: [StaticString] = [
    "", "message", "delta", "chunk", "data", "completion", "chat.completion.chunk",
    "message_start", "message_delta", "message_stop",
  ]

  /// Whether it may have a part of the reply, as far as can be told where its data is not JSON.
  ///
  /// A piece of a chunk has quotes or braces; what proxies send to keep a connection alive has none. An event of a type
  /// that no vendor uses for the reply has no part of it.
  var mayHaveContent: Bool {
    let type = type
    guard
      type.span.hasPrefix("content_block_") || type.span.hasPrefix("response.")
        || Self.contentTypes.contains(where: { type.span.equals($0) })
    else { return false }
    return data.contains {
      $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}")
    }
  }
}
