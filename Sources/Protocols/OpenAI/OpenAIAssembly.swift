import Bytes
import JSON

/// Chat Completions in chunks: the first choice's deltas, merged as OpenAI's own libraries merge them.
///
/// Further choices, which only a parameter `n` brings, are left out.
final class OpenAIAssembly: ReplyAssembly {
  /// More calls than any reply has.
  private static let callLimit = 128

  private let budget: ByteBudget
  /// The reply's identifier with its quotes; empty until it has come.
  private var id: [UInt8] = []
  private let envelope: MergedObject
  private let choice: MergedObject
  private let message: MergedObject
  private let calls: ToolCallAssembly
  /// Whether the event that is being read brings pieces of calls.
  private var hasCallPieces = false
  /// Whether its delta can go to a client of OpenAI's as it is.
  private var isPlain = true
  /// Whether the event has all that clients read of a chunk.
  private var isSound = true
  /// The text of its one choice.
  private var text: JSONValue?
  /// Whether it brings anything besides that and pieces of calls.
  private var bringsMore = false
  /// A message that stands where the delta should, as whole replies have it.
  private var messageAsDelta: JSONValue?
  /// Whether an event of the backend's has gone to the client, so that it knows the reply's id.
  private var hasEmitted = false
  /// Whether all text so far is a refusal, or what the audio says. It stays where it came, and is not the content.
  private var isTextElsewhere = false

  init(_ budget: ByteBudget) {
    self.budget = budget
    envelope = MergedObject(budget)
    choice = MergedObject(budget)
    message = MergedObject(budget)
    calls = ToolCallAssembly(budget, limit: Self.callLimit)
  }

  func take(_ event: JSONValue, into progress: ReplyProgress) -> JSONValue? {
    let hadEnded = progress.isFinished
    (progress.meaning, isPlain, hasCallPieces) = (.nothing, true, false)
    (isSound, messageAsDelta, text, bringsMore) = (false, nil, nil, false)
    read(event, into: progress)
    guard progress.fault == nil else { return nil }
    if progress.passesEvents {
      pass(event, hadEnded, into: progress)
    } else {
      progress.deltas += calls.take()
    }
    let isText = isSound && isPlain && !hasCallPieces && !bringsMore && !progress.isFinished
    return isText ? text : nil
  }

  func take(_ event: [UInt8], text: Span<UInt8>, into progress: ReplyProgress) {
    progress.meaning = .nothing
    append(text, to: progress)
    if progress.passesEvents, !budget.isExceeded { emit(event, progress) }
  }

  private func read(_ event: JSONValue, into progress: ReplyProgress) {
    for member in event.members {
      if member.isNamed("choices") {
        isSound = member.value.kind == .array
        for element in member.value.elements where element["index"]?.integer ?? 0 == 0 {
          take(choice: element, into: progress)
        }
      } else if member.isNamed("id") {
        take(id: member, of: event, progress)
      } else if !member.isNamed("error") {
        if progress.model == nil, member.isNamed("model") {
          progress.note(model: member.value)
        }
        envelope.merge(member, .latest)
      }
    }
  }

  func finish(into progress: ReplyProgress) {
    calls.finish()
    progress.deltas += calls.take()
  }

  /// The reply's id is the same in all of its chunks; Azure's first one has an empty id, and what counts tokens at the end
  /// may have another.
  @inline(never)
  private func take(id member: JSONMember, of event: JSONValue, _ progress: ReplyProgress) {
    let (value, known) = (member.value, id)
    if known.span.equals(value.span) { return }
    if value.kind == .string, !value.isEmpty {
      if !known.isEmpty {
        if progress.isFinished, event["choices"]?.isEmpty != false { return }
        progress.fault = .secondReply
      }
      id = value.span.copied
    }
    envelope.merge(member, .latest)
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
    writer.name("content")
    if isTextElsewhere { writer.null() } else { writer.raw(content) }
    message.writeMembers(to: &writer)
    if !calls.isEmpty {
      writer.name("tool_calls")
      calls.write(to: &writer)
    }
    writer.endObject()
    writer.endObject()
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  @inline(never)
  private func take(choice element: JSONValue, into progress: ReplyProgress) {
    if text != nil { bringsMore = true }
    // They go before the piece that they are about, wherever they stand.
    if !progress.passesEvents, let logprobs = element["logprobs"], logprobs.kind == .object {
      progress.deltas.append(.logprobs(logprobs.span.copied))
    }
    var delta: JSONValue?
    var hasIndex = false
    for member in element.members {
      let value = member.value
      if member.isNamed("delta") {
        delta = value
      } else if member.isNamed("logprobs") {
        choice.merge(member, .growing)
        if !value.isNull { bringsMore = true }
      } else if member.isNamed("message") {
        bringsMore = true
        // Some send all at once, and some repeat all at the end.
        if !progress.hasOutput { messageAsDelta = value }
      } else {
        if member.isNamed("index") { hasIndex = !value.isNull }
        if member.isNamed("finish_reason") {
          progress.end(with: value)
        } else if member.isNamed("error"), value.reportsError {
          progress.fault = .reported(BackendError(value))
          return
        }
        choice.merge(member, .latest)
      }
    }
    if delta?.kind != .object || !hasIndex { isSound = false }
    if delta.present == nil { delta = messageAsDelta } else { messageAsDelta = nil }
    // An error counts before the words that come with it.
    if let delta, progress.fault == nil { take(delta: delta, into: progress) }
    if progress.isFinished, !progress.passesEvents { calls.finish() }
  }

  @inline(never)
  private func take(delta: JSONValue, into progress: ReplyProgress) {
    var content: JSONValue?
    var hasThinking = false
    for member in delta.members {
      let (name, value) = (member.name, member.value)
      if member.isNamed("content") {
        content = value
      } else if member.isNamed("tool_calls") {
        var position = 0
        hasCallPieces = !value.isEmpty
        for call in value.elements {
          if !calls.take(piece: call, at: position) { isPlain = false }
          progress.note(.beyondText)
          position += 1
        }
      } else if !member.isNamed("role") {
        message.merge(member, .growing)
        if value.isNull || value.isEmpty { continue }
        bringsMore = true
        if name.equals("error"), value.reportsError {
          // It counts before the words that come with it.
          progress.fault = .reported(BackendError(value))
          return
        }
        if name.isNameOfReasoning { hasThinking = true }
        take(beyondContent: name, value, into: progress)
      }
    }
    if hasThinking { progress.append(reasoningOf: delta) }
    guard let content else { return }
    if content.kind == .string {
      text = content
      return append(content.inside, to: progress)
    }
    if content.kind == .array {
      isPlain = false
      for part in content.elements {
        for text in part.textsOfThinking { message.append("reasoning_content", text: text.inside) }
      }
    }
    if !content.isNull, !content.isEmpty { isTextElsewhere = false }
    progress.append(content: content)
  }

  private func append(_ text: Span<UInt8>, to progress: ReplyProgress) {
    if !text.isEmpty { isTextElsewhere = false }
    progress.append(inside: text)
  }

  /// What the model says or makes outside of the content.
  private func take(
    beyondContent name: JSONValue, _ value: JSONValue, into progress: ReplyProgress
  ) {
    if name.equals("refusal"), value.kind == .string {
      if !progress.hasText { isTextElsewhere = true }
      progress.append(text: value, refuses: true)
    } else if name.equals("images") {
      progress.note(.beyondText)
    } else if name.equals("audio") {
      progress.note(.beyondText)
      if !progress.hasText { isTextElsewhere = true }
      if isTextElsewhere, let words = value["transcript"], words.kind == .string {
        progress.append(text: words)
      }
    } else if name.equals("function_call"), value.kind == .object {
      take(functionCall: value, into: progress)
    }
  }

  /// A piece of the one call that backends made before there were several.
  private func take(functionCall piece: JSONValue, into progress: ReplyProgress) {
    progress.note(.beyondText)
    guard !progress.passesEvents,
      let place = calls.place(of: -1, id: nil, name: piece["name"])
    else { return }
    calls.append(piece["arguments"], to: place)
  }
}

// MARK: Clients of OpenAI's

extension OpenAIAssembly {
  /// Passes an event on: as it came, but for calls that have to be put in order, content in parts, and the end, which
  /// goes out once the reply is known to be whole.
  @inline(never)
  private func pass(_ came: JSONValue, _ hadEnded: Bool, into progress: ReplyProgress) {
    guard !budget.isExceeded, !came.isEmpty else { return }
    let event = isSound ? came : OpenAIChunk.completed(came, messageAsDelta)
    let isPlain = self.isPlain && (!hasCallPieces || calls.isPlain)
    let pieces = calls.take()
    let endsHere = progress.isFinished && !hadEnded
    if hadEnded {
      let hasChoice = event["choices"]?.isEmpty == false
      progress.deltas.append(.event(type: [], event.span.copied, hasChoice ? .tail : .usage))
      return
    }
    if isPlain, !endsHere {
      emit(event.span.copied, progress)
      return
    }
    if !isPlain || progress.meaning != .nothing {
      let chunk = OpenAIChunk(event, isPlain: isPlain)
      if chunk.hasMore || !hasEmitted { emit(chunk.json, progress, isPlain ? nil : .nothing) }
      if !isPlain { progress.deltas += chunk.parts + pieces }
    }
    guard endsHere else { return }
    finish(into: progress)
    let word: StaticString? = calls.isEmpty ? nil : "tool_calls"
    let hasPassed = !isPlain || progress.meaning != .nothing
    progress.deltas.append(
      .event(type: [], OpenAIChunk.end(event, word, withoutDelta: hasPassed), .end))
    if event["usage"]?.kind == .object { progress.deltas.append(.event(type: [], [], .usage)) }
  }

  private func emit(
    _ json: [UInt8], _ progress: ReplyProgress, _ meaning: ReplyDelta.Meaning? = nil
  ) {
    let meaning = meaning ?? progress.meaning
    hasEmitted = true
    // The client gets nothing before the first output: until then events are kept.
    if meaning == .nothing, !progress.hasOutput { budget.charge(json.count) }
    progress.deltas.append(.event(type: [], json, meaning))
  }
}
