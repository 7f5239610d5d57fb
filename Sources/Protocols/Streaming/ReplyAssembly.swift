import Bytes
import JSON

/// What of a streamed reply has come, in the way of one dialect.
protocol ReplyAssembly: AnyObject {
  /// Takes an event, a JSON object.
  func take(_ event: JSONValue, into progress: ReplyProgress)

  /// The body that the reply would have had if it had come whole. `content` is the whole content, a JSON string,
  /// `null` where there is none.
  func body(content: Span<UInt8>) -> [UInt8]
}

/// How far a streamed reply has come, whatever its dialect.
final class ReplyProgress {
  let budget: ByteBudget
  /// The content so far, as it stands inside a JSON string.
  let text = ByteBuffer(capacity: 256)
  /// What has come and was not fetched yet.
  var deltas: [ReplyDelta] = []
  /// Whether any content has come.
  var hasText = false
  /// Whether a tool is called.
  var hasToolCall = false
  /// Whether the backend said that the reply is whole.
  var isFinished = false
  /// Whether it said that nothing more will come.
  var isOver = false
  /// The model that replies, as text.
  var model: [UInt8]?
  /// What the backend complained of.
  var error: BackendError?
  /// White space at the start of the next text that is there already.
  private var repeated: RepeatedBlanks

  init(_ budget: ByteBudget, continuing prefix: Span<UInt8>, in dialect: Dialect) {
    self.budget = budget
    repeated = RepeatedBlanks(after: prefix, in: dialect)
    budget.charge(prefix.count)
    text.append(prefix)
  }

  /// More of the content.
  @inline(never)
  func append(text value: JSONValue) {
    let skipped = repeated.drop(from: value.inside)
    let bytes = value.inside.extracting(skipped...)
    guard !bytes.isEmpty else { return }
    budget.charge(bytes.count)
    // What is too much is not passed on.
    guard !budget.isExceeded else { return }
    text.append(bytes)
    hasText = true
    deltas.append(.text(bytes.copied))
  }

  /// More content, which may be message parts: those that are text.
  @inline(never)
  func append(content value: JSONValue) {
    if value.kind == .string { return append(text: value) }
    for part in value.elements where part.member("type", is: "text") {
      if let text = part["text"], text.kind == .string { append(text: text) }
    }
  }

  /// Which model replies: the first that is named counts.
  func note(model value: JSONValue?) {
    guard model == nil, let value, value.kind == .string, !value.isEmpty else { return }
    model = value.string
  }

  /// More of what the model thinks.
  @inline(never)
  func append(reasoning value: JSONValue) {
    if value.kind == .string, !value.isEmpty { deltas.append(.reasoning(value.inside.copied)) }
  }
}
