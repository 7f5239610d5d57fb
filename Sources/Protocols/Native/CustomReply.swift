import Bytes
import JSON

extension Reply {
  /// Postern's own format; `nil` if it has no content.
  ///
  /// It has `content`, `attachments` if that is an array, and everything else as metadata: `metadata` itself byte for
  /// byte where there is nothing else; otherwise the members of `metadata` and what stands beside it. Of one name in
  /// both places the one in `metadata` counts.
  ///
  /// Calls of tools are in `tool_calls`, in OpenAI's words: such a backend gets the client's tools in these.
  convenience init?(
    custom root: JSONValue, _ acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) {
    var content: JSONValue?
    var attachments: JSONValue?
    var inner: JSONValue?
    var (error, calls): (JSONValue?, JSONValue?)
    var hasOthers = false
    for member in root.members {
      if member.isNamed("content") {
        content = member.value
      } else if member.isNamed("attachments") {
        attachments = member.value
      } else if member.isNamed("metadata") {
        inner = member.value
      } else {
        hasOthers = true
        if member.name.equals("error") {
          error = member.value
        } else if member.name.equals("tool_calls") {
          calls = member.value
        }
      }
    }
    let toolCalls = acceptsToolCalls ? Self.toolCalls(in: calls) : []
    if content.map({ MessageContent.fault(in: $0) != nil }) ?? true { content = nil }
    guard content != nil || !toolCalls.isEmpty else { return nil }
    let isOddAttachments = !attachments.isAbsent(or: .array)
    let isOddMetadata = !inner.isAbsent(or: .object)
    let details: ReplyMetadata
    if hasOthers || isOddAttachments || isOddMetadata {
      details = ReplyMetadata(byteCount: byteCount)
      for member in root.members where !member.isNamed("content") {
        if !isOddAttachments, member.isNamed("attachments") { continue }
        if !isOddMetadata, member.isNamed("metadata") { continue }
        details.insert(member)
      }
      if let inner { for member in inner.members { details.insert(member) } }
    } else if let inner = inner.present {
      details = ReplyMetadata(inner, byteCount: byteCount)
    } else {
      details = ReplyMetadata(byteCount: byteCount)
    }
    let word = details["finish_reason"]
    let end = FinishReason(word)
    try Self.check(error, end, word)
    self.init(
      content: content?.span.copied ?? [UInt8]("\"\""),
      attachments: attachments?.kind == .array ? attachments!.span.copied : Reply.noAttachments,
      details: details, finishReason: end, toolCalls: toolCalls)
  }
}

extension JSONValue? {
  /// Whether there is no value, `null`, or one of this kind.
  fileprivate func isAbsent(or kind: JSONKind) -> Bool {
    self.map { $0.isNull || $0.kind == kind } ?? true
  }
}
