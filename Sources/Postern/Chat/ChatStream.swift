import Bytes
import HTTPClient
import JSON
import Protocols

/// A reply that is shown as it comes.
final class ChatStream: ResponseReceiver {
  /// The whole answer, once it has come.
  private(set) var answer: JSONValue?
  /// The object of the error that ended the stream.
  private(set) var error: JSONValue?
  /// Whether the cursor is within a line.
  private(set) var isInLine = false
  private var hasText = false
  private var isThinking = false
  /// Whether the model's thinking is shown, faint.
  private let showsThinking: Bool
  private var reader = StreamReader(.events, limit: 64 << 20)

  init(showsThinking: Bool) {
    self.showsThinking = showsThinking
  }

  func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool { head.status == 200 }

  func receive(part: [UInt8]) {
    var position = 0
    while let event = reader.next(in: part.span, from: &position) { handle(event) }
  }

  /// Ends the line that was begun.
  func endLine() {
    if isThinking { Console.print([UInt8]("\u{1B}[0m")) }
    isThinking = false
    if isInLine { Console.print([UInt8]("\n")) }
    isInLine = false
  }

  private func handle(_ event: StreamEvent) {
    guard let object = try? JSONDocument(event.data).root else { return }
    if event.type.span.equals("delta") {
      if let reasoning = object["reasoning"]?.string { think(reasoning) }
      if object["content"] != nil { say(contentText(object["content"])) }
    } else if event.type.span.equals("message") {
      answer = object["data"] ?? object
      if !hasText { say(contentText(answer?["content"])) }
      endLine()
    } else if event.type.span.equals("error") {
      error = object
    }
  }

  private func think(_ words: [UInt8]) {
    guard showsThinking, !words.isEmpty else { return }
    if !isThinking { Console.print([UInt8]("\u{1B}[2m")) }
    isThinking = true
    var text: [UInt8] = []
    text.append(printable: words, lineBreak: "\n")
    show(text)
  }

  private func say(_ text: [UInt8]) {
    guard !text.isEmpty else { return }
    if isThinking { endLine() }
    hasText = true
    show(text)
  }

  private func show(_ text: [UInt8]) {
    Console.print(text)
    isInLine = text.last != UInt8(ascii: "\n")
  }
}
