import Bytes
import JSON

/// Responses in events: items that begin, grow and end, and the whole response at the end.
///
/// Events of other types are skipped, or passed on to a client of the same interface.
final class ResponsesAssembly: ReplyAssembly {
  /// More items than any response has.
  private static let itemLimit = 1024

  private let budget: ByteBudget
  private let calls: ToolCallAssembly
  /// The response as the backend described it first, and last; JSON.
  private var first: JSONValue?
  private var last: JSONValue?
  /// The items that are whole, in the order of their ends.
  private var items: [[UInt8]] = []
  /// What the model has produced of the item that is open, in bytes: it counts once.
  private var grown = 0
  /// Whether the item that is open has brought a piece of its text.
  private var hasPieces = false
  /// Whether any thinking has come, and whether other thinking comes next.
  private var (hasThought, endsThought) = (false, false)
  /// Whether the reply continues another one's text.
  private var continues: Bool?

  init(_ budget: ByteBudget) {
    self.budget = budget
    calls = ToolCallAssembly(budget, limit: Self.itemLimit)
  }

  /// No event is like another: they are numbered.
  func take(_ event: JSONValue, into progress: ReplyProgress) -> JSONValue? {
    if continues == nil { continues = progress.text.count > 0 }
    progress.meaning = .nothing
    guard let type = event["type"] else { return nil }
    if let response = event["response"], response.kind == .object {
      take(response: response, type, progress)
    } else {
      take(event, type, progress)
    }
    guard progress.fault == nil else { return nil }
    let pieces = calls.take()
    if progress.passesEvents {
      pass(event, type, progress)
    } else {
      progress.deltas += pieces
    }
    return nil
  }

  private func take(response: JSONValue, _ type: JSONValue, _ progress: ReplyProgress) {
    progress.note(model: response["model"])
    if type.equals("response.created") {
      if first != nil { progress.fault = .secondReply }
      first = response
      return
    }
    let isIncomplete = type.equals("response.incomplete")
    guard isIncomplete || type.equals("response.completed") || type.equals("response.failed") else {
      return
    }
    last = response
    if let error = response["error"], error.reportsError {
      return progress.fault = .reported(BackendError(error))
    }
    let status = response["status"].present
    if isIncomplete, let reason = response["incomplete_details"]?["reason"] {
      progress.end(with: reason)
    } else if let status {
      progress.end(with: status)
    } else {
      progress.isFinished = type.equals("response.completed")
    }
    progress.isOver = progress.isFinished
    if progress.isFinished { calls.finish() }
  }

  private func take(_ event: JSONValue, _ type: JSONValue, _ progress: ReplyProgress) {
    let delta = event["delta"]
    let refuses = type.equals("response.refusal.delta")
    if refuses || type.equals("response.output_text.delta") {
      if let delta, delta.kind == .string { grow(delta, progress, refuses: refuses) }
    } else if type.equals("response.reasoning_summary_text.delta")
      || type.equals("response.reasoning_text.delta")
    {
      if let delta, delta.kind == .string { think(delta, progress) }
    } else if type.equals("response.function_call_arguments.delta") {
      let number = event["output_index"]?.integer ?? 0
      if let place = calls.place(of: number, id: nil, name: nil) {
        calls.append(delta, to: place)
        hasPieces = true
        progress.note(.beyondText)
      }
    } else if type.equals("response.reasoning_summary_part.done") {
      endsThought = true
    } else if type.equals("response.output_item.added"), let item = event["item"] {
      begin(item, event["output_index"]?.integer ?? 0, progress)
    } else if type.equals("response.output_item.done"), let item = event["item"] {
      end(item, event["output_index"]?.integer ?? 0, progress)
    }
  }

  private func grow(_ delta: JSONValue, _ progress: ReplyProgress, refuses: Bool) {
    hasPieces = true
    grown += delta.inside.count
    progress.append(text: delta, refuses: refuses)
  }

  private func think(_ delta: JSONValue, _ progress: ReplyProgress) {
    if endsThought, hasThought, let gap = (try? JSONDocument([UInt8]("\"\\n\\n\"")))?.root {
      progress.append(reasoning: gap)
    }
    (hasThought, endsThought, hasPieces) = (true, false, true)
    progress.append(reasoning: delta)
  }

  private func begin(_ item: JSONValue, _ number: Int, _ progress: ReplyProgress) {
    (grown, hasPieces) = (0, false)
    if item.member("type", is: "function_call") {
      _ = calls.begin(number, id: item["call_id"], name: item["name"])
      progress.note(.beyondText)
    } else if item.member("type", is: "reasoning") {
      endsThought = true
    } else if !item.member("type", is: "message") {
      progress.note(.beyondText)
    }
  }

  /// An item is whole. Some backends send no pieces.
  private func end(_ item: JSONValue, _ number: Int, _ progress: ReplyProgress) {
    guard items.count < Self.itemLimit else { return budget.exhaust() }
    if item.member("type", is: "function_call") {
      if let place = calls.place(of: number, id: nil, name: nil) {
        if !hasPieces { calls.append(item["arguments"], to: place) }
        calls.finish(place)
      }
    } else if !hasPieces, item.member("type", is: "message"), let parts = item["content"] {
      for part in parts.elements {
        if let text = part["text"] ?? part["refusal"], text.kind == .string {
          grow(text, progress, refuses: part["text"] == nil)
        }
      }
    }
    budget.charge(max(0, item.raw.count - grown))
    (grown, hasPieces) = (0, false)
    items.append(item.span.copied)
  }

  func finish(into progress: ReplyProgress) {
    calls.finish()
    let pieces = calls.take()
    if !progress.passesEvents { progress.deltas += pieces }
  }

  func body(content: Span<UInt8>) -> [UInt8] {
    if continues == false, let last, last["output"]?.isEmpty == false { return last.span.copied }
    var writer = JSONWriter(reserving: content.count + 1024)
    writer.beginObject()
    if let known = last ?? first {
      for member in known.members
      where !member.isNamed("output") && (last != nil || !member.isNamed("status")) {
        writer.member(member)
      }
    }
    if last == nil { writer.member("status", string: "completed") }
    writer.name("output")
    writer.beginArray()
    var hasMessage = false
    for item in items {
      let isMessage = (try? JSONDocument(item))?.root.member("type", is: "message") == true
      if isMessage, continues == true { continue }
      hasMessage = hasMessage || isMessage
      writer.raw(item.span)
    }
    if !hasMessage, content.isText {
      writer.raw(
        "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":",
        content, "}]}")
    }
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  /// Passes an event on to a client of the same interface. The end goes out once the reply is known to be whole.
  @inline(never)
  private func pass(_ event: JSONValue, _ type: JSONValue, _ progress: ReplyProgress) {
    guard !budget.isExceeded, type.kind == .string else { return }
    let meaning = progress.isFinished ? ReplyDelta.Meaning.end : progress.meaning
    // The client gets nothing before the first output: until then events are kept.
    if meaning == .nothing, !progress.hasOutput { budget.charge(event.raw.count) }
    progress.deltas.append(.event(type: [], event.span.copied, meaning))
  }
}
