import Bytes
import JSON

/// How far a streamed reply has come, in any dialect.
final class ReplyProgress {
  let budget: ByteBudget
  /// The content so far: the inside of a JSON string.
  let text = ByteBuffer(capacity: 256)
  /// The deltas that were not fetched yet.
  var deltas: [ReplyDelta] = []
  /// Whether the client gets the backend's own events, instead of pieces made of them.
  var passesEvents = false
  /// What the event that is being read brings.
  var meaning = ReplyDelta.Meaning.nothing
  /// Whether the model has produced anything: thinking, text, a piece of a call.
  var hasOutput = false
  /// Whether any content has come.
  var hasText = false
  /// Whether a tool is called, or anything else has come that is neither text nor thinking.
  var hasToolCall = false
  /// Whether the backend said that the reply is whole.
  var isFinished = false
  /// Whether it said that nothing more will come.
  var isOver = false
  /// The model that replies, as text.
  var model: [UInt8]?
  /// Why this cannot become a reply. What comes after that is ignored.
  var fault: StreamFault?
  /// White space at the start of the next text that the client has already.
  private var repeated: RepeatedBlanks

  init(_ budget: ByteBudget, continuing prefix: Span<UInt8>, in dialect: Dialect) {
    self.budget = budget
    repeated = RepeatedBlanks(after: prefix, in: dialect)
    budget.charge(prefix.count)
    text.append(prefix)
  }

  /// More of the content.
  func append(text value: JSONValue, refuses: Bool = false) {
    append(inside: value.inside, refuses: refuses)
  }

  /// More of the content: the inside of a JSON string.
  @inline(never)
  func append(inside text: Span<UInt8>, refuses: Bool = false) {
    let bytes = text.extracting(repeated.drop(from: text)...)
    guard !bytes.isEmpty else { return }
    budget.charge(bytes.count)
    // What exceeds the limit is not passed on.
    guard !budget.isExceeded else { return }
    self.text.append(bytes)
    hasText = true
    note(.text)
    if !passesEvents { deltas.append(refuses ? .refusal(bytes.copied) : .text(bytes.copied)) }
  }

  /// More content, which may be message parts: those that are text or thinking.
  @inline(never)
  func append(content value: JSONValue) {
    if value.kind == .string { return append(text: value) }
    for part in value.elements {
      if part.member("type", is: "text") {
        if let text = part["text"], text.kind == .string { append(text: text) }
      } else {
        for text in part.textsOfThinking { append(reasoning: text) }
      }
    }
  }

  /// The model has produced something.
  func note(_ meaning: ReplyDelta.Meaning) {
    hasOutput = true
    if meaning == .beyondText { hasToolCall = true }
    if self.meaning < meaning { self.meaning = meaning }
  }

  /// Which model replies: the first that is named counts.
  func note(model value: JSONValue?) {
    guard model == nil, let value, value.kind == .string, !value.isEmpty else { return }
    model = value.string
  }

  /// The reply ends with this word, which may say that it is not complete. Anything but a word says nothing.
  @inline(never)
  func end(with word: JSONValue) {
    guard let reason = FinishReason(word) else { return }
    if reason == .broken {
      fault = .endedBadly(word.string ?? [])
    } else {
      isFinished = true
    }
  }

  /// More of what the model thinks.
  @inline(never)
  func append(reasoning value: JSONValue) {
    guard value.kind == .string, !value.isEmpty else { return }
    note(.thinking)
    if !passesEvents { deltas.append(.reasoning(value.inside.copied)) }
  }
}
