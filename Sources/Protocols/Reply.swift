import Bytes

/// A backend's whole reply, in the parts that go to the client and into the context. Values are JSON, byte for
/// byte as the backend sent them.
public final class Reply: Sendable {
  /// The content: a non-empty string, or an array of message parts. `""` only where tools are called instead.
  public let content: [UInt8]

  /// An array of files for the user, empty if the backend sent none.
  public let attachments: [UInt8]

  /// An object with everything else that the backend sent; each name once, unless the backend's own object has it twice.
  public let metadata: [UInt8]

  /// The tokens that the exchange took.
  public let usage: TokenUsage

  /// Why the backend ended, in its own word (`finish_reason`, `stop_reason`), if it said so.
  public let finishReason: [UInt8]?

  /// The calls of tools, where those are accepted; they stand in the metadata too.
  public let toolCalls: [ToolCall]

  /// `[]`: as a literal it is static data, where bytes made from `"[]"` would be allocated for each reply.
  static let noAttachments: [UInt8] = [0x5B, 0x5D]

  /// The reply of an `echo` integration: what the user said.
  public convenience init(echoing content: Span<UInt8>) {
    self.init(
      content: content.copied, metadata: [UInt8]("{}"), usage: TokenUsage(nil), finishReason: nil)
  }

  init(
    content: [UInt8], attachments: [UInt8] = Reply.noAttachments, metadata: [UInt8],
    usage: TokenUsage,
    finishReason: [UInt8]?, toolCalls: [ToolCall] = []
  ) {
    self.content = content
    self.attachments = attachments
    self.metadata = metadata
    self.usage = usage
    self.finishReason = finishReason
    self.toolCalls = toolCalls
  }
}
