import Bytes
import JSON
import Platform

/// An answer as Ollama has it: one object, or a line for each piece of the reply and a last one that says that it is done.
///
/// A completion, which `/api/generate` answers with, has its text in `response`; a chat has it in a `message`. Calls of
/// tools go out at the end, when all of them are whole.
final class OllamaWriter: AnswerWriter {
  private let terms: AnswerTerms
  private let start = Instant.now
  /// When the first piece went out.
  private var firstPiece: Instant?
  /// What every line begins with, and the model that it names.
  private var (head, model) = ([UInt8](), [UInt8]())

  /// An answer on these terms.
  init(_ terms: AnswerTerms) {
    self.terms = terms
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    var body: [UInt8] = []
    let (text, thought) = (reply.text, reply.reasoningText ?? [UInt8]("\"\""))
    name(reply.model)
    begin(
      text.span.extracting(1..<text.count - 1), thought.span.extracting(1..<thought.count - 1),
      reply.toolCalls, to: &body)
    end(reply, to: &body)
    return ByteBuffer(copying: body.span)
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.ollamaBody
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    let none = [UInt8]()
    for delta in deltas {
      switch delta {
      case .text(let text), .refusal(let text):
        writeLine(text.span, none.span, [], model, to: &output)
      case .reasoning(let thought): writeLine(none.span, thought.span, [], model, to: &output)
      case .logprobs, .signature, .toolCall, .arguments, .callMembers, .event, .body: break
      }
    }
  }

  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    let none = [UInt8]()
    if !reply.toolCalls.isEmpty {
      writeLine(none.span, none.span, reply.toolCalls, reply.model, to: &output)
    }
    head = []
    name(reply.model)
    begin(none.span, none.span, [], to: &output)
    end(reply, to: &output)
    output.append("\n")
  }

  func fail(_ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]) {
    output += error.ollamaBody
    output.append("\n")
  }

  /// Ollama's clients take every line for an object, so that it cannot be an empty one.
  func keepAlive(to output: inout [UInt8]) {
    let none = [UInt8]()
    writeLine(none.span, none.span, [], nil, to: &output)
  }

  // MARK: Lines

  /// Appends a line that others follow.
  private func writeLine(
    _ text: Span<UInt8>, _ thought: Span<UInt8>, _ calls: [ToolCall], _ model: [UInt8]?,
    to output: inout [UInt8]
  ) {
    if firstPiece == nil { firstPiece = Instant.now }
    name(model)
    begin(text, thought, calls, to: &output)
    output.append(",\"done\":false}\n")
  }

  /// Makes what lines begin with, unless it is there.
  private func name(_ named: [UInt8]?) {
    let named = named ?? terms.model
    if !head.isEmpty, model == named { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", string: named)
    let time = WallTime.now.text
    writer.member("created_at", string: time.span)
    writer.endObject()
    (head, model) = (writer.finish(), named)
    head.removeLast()
  }

  /// Appends an object without its end. `text` and `thought` are the insides of JSON strings.
  private func begin(
    _ text: Span<UInt8>, _ thought: Span<UInt8>, _ calls: [ToolCall], to output: inout [UInt8]
  ) {
    let isCompletion = terms.purpose == .completions
    output += head
    output.append(
      isCompletion
        ? ",\"response\":\"" : ",\"message\":{\"role\":\"assistant\",\"content\":\"")
    output.append(copying: text)
    output.append("\"")
    if !thought.isEmpty {
      output.append(",\"thinking\":\"")
      output.append(copying: thought)
      output.append("\"")
    }
    if !calls.isEmpty {
      output.append(",\"tool_calls\":[")
      for (index, call) in calls.enumerated() {
        output.append(index == 0 ? "{\"id\":\"" : ",{\"id\":\"")
        output += call.id
        output.append("\",\"function\":{\"index\":")
        output.append(decimal: index)
        output.append(",\"name\":\"", call.name, "\",\"arguments\":")
        if let arguments = ToolCall.input(ofText: call.arguments.span) {
          output.appendLine(arguments.span)
        } else {
          output.append("{}")
        }
        output.append("}}")
      }
      output.append("]")
    }
    if !isCompletion { output.append("}") }
  }

  /// Appends the end of the object that says that the reply is whole. Times are in nanoseconds.
  private func end(_ reply: Reply, to output: inout [UInt8]) {
    let reason = reply.reason
    let end = Instant.now
    let first = firstPiece ?? start
    let counts: [(StaticString, Int64)] = [
      ("total_duration", (end - start).nanoseconds), ("load_duration", 0),
      ("prompt_eval_count", Int64(reply.usage.input ?? 0)),
      ("prompt_eval_duration", (first - start).nanoseconds),
      ("eval_count", Int64(reply.usage.output ?? 0)),
      ("eval_duration", (end - first).nanoseconds),
    ]
    output.append(",\"done\":true,\"done_reason\":\"")
    output.append(reason == .toolCalls || reason == .functionCall ? "stop" : reason.openai)
    output.append("\"")
    for (name, count) in counts {
      output.append(",\"")
      output.append(name)
      output.append("\":")
      output.append(decimal: count)
    }
    output.append("}")
  }
}
