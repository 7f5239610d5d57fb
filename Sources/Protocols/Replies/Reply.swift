import Bytes
public import JSON

/// A backend's whole reply, in the parts that go to the client and into the context.
///
/// Values are JSON, byte for byte as the backend sent them. What statistics, log and faces need of it is parsed once,
/// when the reply is made.
public final class Reply: Sendable {
  /// The content: a non-empty string, or an array of message parts. `""` where tools are called
  /// instead, and where images or audio are all there is: those are in the metadata.
  public let content: [UInt8]

  /// An array of files for the user, empty if the backend sent none.
  public let attachments: [UInt8]

  /// All else that the backend sent.
  let details: ReplyMetadata

  /// The model that replied, by its own name, as text; `nil` where the backend did not say. O(n), not every face asks.
  public var model: [UInt8]? { details["model"]?.string }

  /// The tokens that the exchange took.
  public let usage: TokenUsage

  /// Why the reply ended; `nil` where the backend did not say.
  public let finishReason: FinishReason?

  /// The backend's own body, which clients of its interface get; `nil` where the reply has another content.
  let source: (dialect: Dialect, root: JSONValue)?

  /// The backend's body in a format of its own, which the client gets as it is.
  public let passed: PassedBody?

  /// The calls of tools, where those are accepted; they stand in the metadata too.
  public let toolCalls: [ToolCall]

  /// `[]`: as a literal it is static data, where bytes made from `"[]"` would be allocated for each reply.
  static let noAttachments: [UInt8] = [0x5B, 0x5D]

  /// The reply of an `echo` integration: what the user said.
  public convenience init(echoing content: Span<UInt8>) {
    self.init(content: content.copied, details: ReplyMetadata())
  }

  /// A reply from its parts. The usage is found in the details.
  @inline(never)
  init(
    content: [UInt8], attachments: [UInt8] = Reply.noAttachments, details: ReplyMetadata,
    finishReason: FinishReason? = nil, toolCalls: [ToolCall] = [],
    source: (dialect: Dialect, root: JSONValue)? = nil, passed: PassedBody? = nil
  ) {
    self.source = source
    self.passed = passed
    self.content = content
    self.attachments = attachments
    self.details = details
    usage = TokenUsage(details["usage"])
    self.finishReason = finishReason
    self.toolCalls = toolCalls
  }

  /// Checks that a reply has ended well: that it reports no error, and says nothing else than that it is complete.
  /// `word` is the reason as the backend sent it.
  static func check(
    _ error: JSONValue?, _ end: FinishReason?, _ word: JSONValue?
  ) throws(ReplyFault) {
    if let error, error.reportsError { throw .reported(BackendError(error)) }
    if end == .broken { throw .endedBadly(word?.string ?? []) }
  }

  /// A reply with other content.
  init(_ reply: Reply, content: [UInt8]) {
    source = nil
    passed = nil
    self.content = content
    attachments = reply.attachments
    details = reply.details
    usage = reply.usage
    finishReason = reply.finishReason
    toolCalls = reply.toolCalls
  }

  /// An object with everything else that the backend sent; each name once, unless the backend's own object has it
  /// twice. Made when it is asked for, O(n): it is a view of the backend's body until then.
  public var metadata: [UInt8] {
    var writer = JSONWriter(reserving: 1024)
    details.write(to: &writer)
    return writer.finish()
  }

  /// Writes the metadata; Postern's own facts about the conversation are in a member `postern`.
  public func writeMetadata(to writer: inout JSONWriter, turnsLeftOut: Int = 0) {
    guard turnsLeftOut > 0 else { return details.write(to: &writer) }
    details.write(to: &writer, replacing: "postern") { writer in
      writer.beginObject()
      writer.member("turns_left_out", integer: turnsLeftOut)
      writer.endObject()
    }
  }

  /// About what the reply takes in memory, in bytes: the body that it is a view of is kept with it.
  public var byteCount: Int {
    var count = content.count + attachments.count + details.byteCount
    for call in toolCalls { count += call.id.count + call.name.count + call.arguments.count }
    return count
  }
}
