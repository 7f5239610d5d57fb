import Bytes
import JSON

/// An answer in OpenAI's chunks.
///
/// The role comes first, then the deltas, the finish reason, the usage if the client wants it, and `[DONE]`.
public struct OpenAIStream {
  private var identity: AnswerIdentity
  private let asksForUsage: Bool
  /// What every chunk begins with, up to its choices, and ends with.
  private var opening: [UInt8]
  private var hasBegun = false
  /// What the next chunk says about its tokens, if that is known.
  private var logprobs: [UInt8]?
  /// The backend's own end, which waits for the end of the reply, and what comes after it.
  private var ending: [UInt8] = []
  private var tail: [UInt8] = []
  /// Whether the backend's own events have the usage.
  private var hasUsage = false
  /// Whether the backend's own chunks lack members that every chunk has.
  private var lacksMembers = false

  /// A stream; `asksForUsage` is the client's `stream_options.include_usage`.
  public init(_ identity: AnswerIdentity, asksForUsage: Bool) {
    self.identity = identity
    self.asksForUsage = asksForUsage
    opening = Self.opening(identity)
  }

  /// From now on this model replies; its name as text.
  public mutating func name(model: [UInt8]) {
    guard model != identity.model else { return }
    identity.model = model
    opening = Self.opening(identity)
  }

  private static func opening(_ identity: AnswerIdentity) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", string: identity.id.span)
    writer.member("object", string: "chat.completion.chunk")
    writer.member("created", integer: identity.created)
    writer.member("model", string: identity.model.span)
    writer.endObject()
    var opening = [UInt8]("data: ")
    opening += writer.finish()
    opening.removeLast()
    opening.append(",\"choices\":[")
    return opening
  }

  /// Appends the chunk of a delta.
  public mutating func write(_ delta: ReplyDelta, to output: inout [UInt8]) {
    if case .event(_, let json, let meaning) = delta { return pass(json, meaning, to: &output) }
    if !ending.isEmpty { forgetEnding() }
    switch delta {
    case .event, .body:
      break
    case .signature:
      // OpenAI has no equivalent.
      break
    case .logprobs(let known):
      // They go with the piece that follows, or alone if no piece follows.
      if logprobs != nil {
        open(to: &output)
        close(finishReason: nil, to: &output)
      }
      logprobs = known
    case .text(let text):
      write("\"content\":\"", text, "\"", to: &output)
    case .refusal(let text):
      write("\"refusal\":\"", text, "\"", to: &output)
    case .reasoning(let text):
      write("\"reasoning_content\":\"", text, "\"", to: &output)
    case .toolCall(let index, let id, let name):
      open(to: &output)
      output.append("\"tool_calls\":[{\"index\":")
      output.append(decimal: index)
      output.append(",\"id\":\"", id, "\",\"type\":\"function\",\"function\":{\"name\":\"")
      output.append(copying: name.span)
      output.append("\",\"arguments\":\"\"}}]")
      close(finishReason: nil, to: &output)
    case .arguments(let index, let text):
      open(to: &output)
      output.append("\"tool_calls\":[{\"index\":")
      output.append(decimal: index)
      output.append(",\"function\":{\"arguments\":\"", text, "\"}}]")
      close(finishReason: nil, to: &output)
    case .callMembers(let index, let members):
      open(to: &output)
      output.append("\"tool_calls\":[{\"index\":")
      output.append(decimal: index)
      output.append(",", members, "}]")
      close(finishReason: nil, to: &output)
    }
  }

  /// Appends an event of the backend's, or keeps it until the reply ends.
  private mutating func pass(
    _ json: [UInt8], _ meaning: ReplyDelta.Meaning, to output: inout [UInt8]
  ) {
    if !hasBegun, !json.isEmpty {
      hasBegun = true
      adopt(json)
    }
    switch meaning {
    case .end:
      append(json, to: &ending)
    case .usage:
      hasUsage = true
      if asksForUsage, !json.isEmpty { append(json, to: &tail) }
    case .tail:
      append(json, to: &tail)
    case .nothing, .thinking, .text, .beyondText:
      append(json, to: &output)
    }
  }

  private func append(_ json: [UInt8], to output: inout [UInt8]) {
    output.append("data: ")
    if lacksMembers {
      let whole = completed(json)
      output.appendLine(whole.span)
    } else {
      output.appendLine(json.span)
    }
    output.append("\n\n")
  }

  /// A chunk with the members that the backend's own lacks.
  private func completed(_ json: [UInt8]) -> [UInt8] {
    guard let chunk = try? JSONDocument(json).root else { return json }
    var writer = JSONWriter(reserving: json.count + 256)
    writer.beginObject()
    writer.writeMissing(from: chunk, identity, object: "chat.completion.chunk")
    for member in chunk.members where !chunk.lacksInCompletion(member.name) {
      writer.member(member)
    }
    writer.endObject()
    return writer.finish()
  }

  /// Another reply takes the place of one whose end has come.
  private mutating func forgetEnding() {
    (ending, tail, hasUsage) = ([], [], false)
  }

  /// Takes the backend's name for the reply from its first chunk, or notes what that lacks.
  private mutating func adopt(_ json: [UInt8]) {
    guard let chunk = try? JSONDocument(json).root else { return }
    if let id = chunk["id"]?.string { identity.id = id }
    if let created = chunk["created"]?.integer { identity.created = created }
    if let model = chunk["model"]?.string { identity.model = model }
    opening = Self.opening(identity)
    for name in ["id", "object", "created", "model"] as [StaticString]
    where chunk[name].present == nil {
      lacksMembers = true
    }
  }

  /// Appends what follows the last delta.
  public mutating func finish(_ reply: Reply, to output: inout [UInt8]) {
    if ending.isEmpty {
      open(to: &output)
      close(finishReason: reply.reason.openai, to: &output)
    }
    output.append(copying: ending.span)
    output.append(copying: tail.span)
    if asksForUsage, !hasUsage {
      var writer = JSONWriter()
      writer.beginObject()
      reply.writeOpenAIUsage(to: &writer)
      writer.endObject()
      let usage = writer.finish()
      output.append(copying: opening.span)
      output.append("],")
      output.appendLine(usage.span.extracting(1...))
      output.append("\n\n")
    }
    output.append("data: [DONE]\n\n")
  }

  private mutating func write(
    _ prefix: StaticString, _ text: [UInt8], _ suffix: StaticString, to output: inout [UInt8]
  ) {
    open(to: &output)
    output.append(prefix, text, suffix)
    close(finishReason: nil, to: &output)
  }

  /// Appends a chunk up to the inside of its delta; before the first one, a chunk with the role.
  private mutating func open(to output: inout [UInt8]) {
    let start: StaticString = "{\"index\":0,\"delta\":{"
    if !hasBegun {
      hasBegun = true
      output.append(copying: opening.span)
      output.append(start)
      output.append("\"role\":\"assistant\",\"content\":\"\"")
      close(logprobs: nil, finishReason: nil, to: &output)
    }
    output.append(copying: opening.span)
    output.append(start)
  }

  /// Appends the rest of a chunk, with what is known about its tokens.
  private mutating func close(finishReason: StaticString?, to output: inout [UInt8]) {
    close(logprobs: logprobs, finishReason: finishReason, to: &output)
    logprobs = nil
  }

  private func close(
    logprobs: [UInt8]?, finishReason: StaticString?, to output: inout [UInt8]
  ) {
    output.append("},\"logprobs\":")
    if let logprobs { output.appendLine(logprobs.span) } else { output.append("null") }
    output.append(",\"finish_reason\":")
    if let finishReason {
      output.append("\"")
      output.append(finishReason)
      output.append("\"}]")
    } else {
      output.append("null}]")
    }
    if asksForUsage { output.append(",\"usage\":null") }
    output.append("}\n\n")
  }
}
