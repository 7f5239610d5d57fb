import Bytes
import JSON

/// Chat Completions in chunks: the first choice's deltas, merged as OpenAI's own libraries merge them.
///
/// Further choices, which only a parameter `n` brings, are left out.
final class OpenAIAssembly: ReplyAssembly {
  /// More calls than any reply has.
  private static let callLimit = 128

  private let budget: ByteBudget
  private let envelope: MergedObject
  private let choice: MergedObject
  private let message: MergedObject
  private let calls: ToolCallAssembly
  /// Each call, as far as it has come.
  private var callObjects: [MergedObject] = []

  init(_ budget: ByteBudget) {
    self.budget = budget
    envelope = MergedObject(budget)
    choice = MergedObject(budget)
    message = MergedObject(budget)
    calls = ToolCallAssembly(budget, limit: Self.callLimit)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) {
    for member in event.members {
      if member.isNamed("choices") {
        for element in member.value.elements where element["index"]?.integer ?? 0 == 0 {
          take(choice: element, into: progress)
        }
      } else if !member.isNamed("error") {
        if progress.model == nil, member.isNamed("model") {
          progress.note(model: member.value)
        }
        envelope.merge(member, .latest)
      }
    }
  }

  func body(content: Span<UInt8>) -> [UInt8] {
    envelope.set("object", raw: [UInt8]("\"chat.completion\""))
    var writer = JSONWriter(reserving: content.count + 512)
    writer.beginObject()
    envelope.writeMembers(to: &writer)
    writer.name("choices")
    writer.beginArray()
    writer.beginObject()
    choice.writeMembers(to: &writer)
    writer.name("message")
    writer.beginObject()
    writer.member("role", string: "assistant")
    writer.member("content", raw: content)
    message.writeMembers(to: &writer)
    if !callObjects.isEmpty {
      writer.name("tool_calls")
      writer.beginArray()
      for call in callObjects { call.write(to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    writer.endObject()
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  @inline(never)
  private func take(choice element: JSONValue, into progress: ReplyProgress) {
    // They go before the piece that they are about, wherever they stand.
    if let logprobs = element["logprobs"], logprobs.kind == .object {
      progress.deltas.append(.logprobs(logprobs.span.copied))
    }
    for member in element.members {
      let (name, value) = (member.name, member.value)
      if name.equals("delta") {
        take(delta: value, into: progress)
      } else if name.equals("logprobs") {
        choice.merge(member, .growing)
      } else {
        if name.equals("finish_reason"), !value.isNull, !value.isEmpty {
          progress.isFinished = true
        }
        choice.merge(member, .latest)
      }
    }
  }

  @inline(never)
  private func take(delta: JSONValue, into progress: ReplyProgress) {
    for member in delta.members {
      let (name, value) = (member.name, member.value)
      if name.equals("content") {
        progress.append(content: value)
      } else if name.equals("tool_calls") {
        var position = 0
        for call in value.elements {
          take(call: call, at: position, into: progress)
          position += 1
        }
      } else if !name.equals("role") {
        message.merge(member, .growing)
        if name.equals("refusal"), value.kind == .string { progress.append(text: value) }
        progress.take(reasoning: member)
      }
    }
  }

  /// A piece of a call: it belongs to the call of its index or, for backends that do not count, of its position.
  @inline(never)
  private func take(call: JSONValue, at position: Int, into progress: ReplyProgress) {
    let number = call["index"]?.integer ?? position
    let function = call["function"]
    let known = calls.place(of: number, id: call["id"])
    let begun =
      known ?? calls.begin(number, id: call["id"], name: function?["name"], into: progress)
    guard let place = begun else { return }
    if place == callObjects.count { callObjects.append(MergedObject(budget)) }
    for member in call.members where !member.isNamed("index") {
      callObjects[place].merge(member, .growing)
    }
    calls.append(function?["arguments"], to: place, into: progress)
  }
}
