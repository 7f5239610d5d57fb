import Bytes
import JSON

/// Postern's own format in pieces.
///
/// Each piece has more of the `content`; `attachments` gather; of `metadata` and what stands beside it the latest
/// counts. `"done": true`, or a `finish_reason`, says that the reply is whole.
final class CustomAssembly: ReplyAssembly {
  private let envelope: MergedObject

  init(_ budget: ByteBudget) {
    envelope = MergedObject(budget)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) {
    for member in event.members {
      let (name, value) = (member.name, member.value)
      if name.equals("content") {
        progress.append(content: value)
      } else if name.equals("done") {
        if value.boolean == true {
          progress.isFinished = true
          progress.isOver = true
        }
      } else if name.equals("metadata"), value.kind == .object {
        progress.note(model: value["model"])
        envelope.merge(value, into: "metadata")
      } else if name.equals("attachments"), value.kind == .array {
        envelope.merge(member, .growing)
      } else {
        if name.equals("model") { progress.note(model: value) }
        if name.equals("finish_reason") { progress.end(with: value) }
        envelope.merge(member, .latest)
      }
    }
  }

  func finish(into progress: ReplyProgress) {}

  func body(content: Span<UInt8>) -> [UInt8] {
    var writer = JSONWriter(reserving: content.count + 256)
    writer.beginObject()
    envelope.writeMembers(to: &writer)
    writer.member("content", raw: content)
    writer.endObject()
    return writer.finish()
  }
}
