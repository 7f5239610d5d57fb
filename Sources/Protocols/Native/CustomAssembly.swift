import Bytes
import JSON

/// Postern's own format in pieces.
///
/// Each piece has more of the `content`, of the `reasoning` or of the `tool_calls`, which are OpenAI's; `attachments`
/// gather; of `metadata` and what stands beside it the latest counts. `"done": true`, or a `finish_reason`, says that the
/// reply is whole.
final class CustomAssembly: ReplyAssembly {
  /// More calls than any reply has.
  private static let callLimit = 128

  private let envelope: MergedObject
  private let calls: ToolCallAssembly

  init(_ budget: ByteBudget) {
    envelope = MergedObject(budget)
    calls = ToolCallAssembly(budget, limit: Self.callLimit)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) -> JSONValue? {
    var content: JSONValue?
    var hasThinking = false
    var bringsMore = false
    for member in event.members {
      let (name, value) = (member.name, member.value)
      if name.equals("content") {
        content = value
        continue
      }
      bringsMore = true
      if name.equals("done") {
        if value.boolean == true {
          progress.isFinished = true
          progress.isOver = true
        }
      } else if name.equals("metadata"), value.kind == .object {
        progress.note(model: value["model"])
        envelope.merge(value, into: "metadata")
      } else if name.equals("tool_calls"), value.kind == .array {
        take(calls: value, into: progress)
      } else if name.isNameOfReasoning {
        envelope.merge(member, .growing)
        hasThinking = true
      } else if name.equals("attachments"), value.kind == .array {
        envelope.merge(member, .growing)
      } else {
        if name.equals("model") { progress.note(model: value) }
        if name.equals("finish_reason") { progress.end(with: value) }
        envelope.merge(member, .latest)
      }
    }
    if hasThinking { progress.append(reasoningOf: event) }
    if let content { progress.append(content: content) }
    if !calls.isEmpty {
      if progress.isFinished { calls.finish() }
      progress.deltas += calls.take()
    }
    return bringsMore || content?.kind != .string ? nil : content
  }

  private func take(calls pieces: JSONValue, into progress: ReplyProgress) {
    var position = 0
    for piece in pieces.elements {
      _ = calls.take(piece: piece, at: position)
      progress.note(.beyondText)
      position += 1
    }
  }

  func finish(into progress: ReplyProgress) {
    calls.finish()
    progress.deltas += calls.take()
  }

  func body(content: Span<UInt8>) -> [UInt8] {
    var writer = JSONWriter(reserving: content.count + 256)
    writer.beginObject()
    envelope.writeMembers(to: &writer)
    writer.member("content", raw: content)
    if !calls.isEmpty {
      writer.name("tool_calls")
      calls.write(to: &writer)
    }
    writer.endObject()
    return writer.finish()
  }
}
