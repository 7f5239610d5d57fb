import Bytes
import JSON

/// Chat Completions in chunks: the first choice's deltas, merged as OpenAI's own libraries do. Further choices, which
/// only a parameter `n` brings, are left out.
final class OpenAIAssembly: ReplyAssembly {
  /// More calls than any reply has.
  private static let callLimit = 128

  private struct Call {
    let index: Int?
    let id: [UInt8]
    let object: MergedObject
  }

  private let budget: ByteBudget
  private let envelope: MergedObject
  private let choice: MergedObject
  private let message: MergedObject
  private var calls: [Call] = []

  init(_ budget: ByteBudget) {
    self.budget = budget
    envelope = MergedObject(budget)
    choice = MergedObject(budget)
    message = MergedObject(budget)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) {
    for member in event.members {
      if member.name.equals("choices") {
        for element in member.value.elements where element["index"]?.integer ?? 0 == 0 {
          take(choice: element, into: progress)
        }
      } else if !member.name.equals("error") {
        if progress.model == nil, member.name.equals("model") {
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
    if !calls.isEmpty {
      writer.name("tool_calls")
      writer.beginArray()
      for call in calls { call.object.write(to: &writer) }
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
    // Before the piece that they are about, wherever they stand.
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
        if name.equals("reasoning_content") || name.equals("reasoning") {
          progress.append(reasoning: value)
        }
      }
    }
  }

  /// A piece of a call: it belongs to the one of its index or, for backends that do not count, its position; but
  /// one with an identifier of its own is another call, whatever its index.
  @inline(never)
  private func take(call: JSONValue, at position: Int, into progress: ReplyProgress) {
    let index = call["index"]?.integer
    let id = call["id"]?.string ?? []
    let function = call["function"]
    let isKnown = { (known: Call) in
      known.index == (index ?? position) && (id.isEmpty || known.id.isEmpty || known.id == id)
    }
    let place: Int
    if let known = calls.lastIndex(where: isKnown) {
      place = known
    } else {
      guard calls.count < Self.callLimit else { return budget.exhaust() }
      place = calls.count
      calls.append(Call(index: index ?? position, id: id, object: MergedObject(budget)))
      progress.hasToolCall = true
      progress.deltas.append(
        .toolCall(
          index: place, id: call["id"].insideOfString,
          name: (function?["name"]).insideOfString))
    }
    for member in call.members where !member.name.equals("index") {
      calls[place].object.merge(member, .growing)
    }
    let arguments = (function?["arguments"]).insideOfString
    if !arguments.isEmpty { progress.deltas.append(.arguments(index: place, arguments)) }
  }
}

extension JSONValue? {
  /// What stands between a string's quotes; nothing for anything else.
  var insideOfString: [UInt8] {
    @inline(never)
    get { inside() }
  }

  private func inside() -> [UInt8] {
    guard let self, self.kind == .string else { return [] }
    return self.inside.copied
  }
}
