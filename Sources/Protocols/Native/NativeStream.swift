import Bytes

/// Postern's own events: `delta` with more of the content, then `message` with the whole answer, or `error`.
public enum NativeStream {
  /// Appends a delta: an event for text and for thinking, nothing for others.
  public static func write(_ delta: ReplyDelta, to output: inout [UInt8]) {
    switch delta {
    case .text(let text), .refusal(let text):
      output.append("event: delta\ndata: {\"content\":\"", text, "\"}\n\n")
    case .reasoning(let text):
      output.append("event: delta\ndata: {\"reasoning\":\"", text, "\"}\n\n")
    case .logprobs, .signature, .toolCall, .arguments, .callMembers, .event, .body:
      break
    }
  }

  /// Appends the end: the JSON that is the body of the answer without a stream.
  public static func finish(_ message: Span<UInt8>, to output: inout [UInt8]) {
    output.append(event: "message", data: message)
  }

  /// Appends the end of a stream that failed: the JSON that is the body of the error.
  public static func fail(_ error: Span<UInt8>, to output: inout [UInt8]) {
    output.append(event: "error", data: error)
  }
}
