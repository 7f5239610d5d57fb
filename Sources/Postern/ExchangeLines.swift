import Bytes
import HTTPClient
import JSON
import Platform
import Protocols

/// Prints exchanges as they end, a line each.
final class ExchangeLines: ResponseReceiver {
  private var reader = StreamReader(.events, limit: 1 << 20)
  /// Whether the gateway has begun to send them.
  private(set) var hasBegun = false

  func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool {
    hasBegun = head.status == 200
    return hasBegun
  }

  func receive(part: [UInt8]) {
    var position = 0
    while let event = reader.next(in: part.span, from: &position) {
      if let exchange = try? JSONDocument(event.data).root { ExchangeLines.print(exchange) }
    }
  }

  /// Prints an exchange as a line, on a terminal cut to its width. Returns whether that succeeded.
  @inline(never) @discardableResult
  static func print(_ exchange: JSONValue) -> Bool {
    let outcome = printable(exchange["outcome"])
    let time = ShortText.time(exchange["started_at"]).bytes.suffix(8)
    var text: Text = "\(Array(time))  \(printable(exchange["id"]))  "
    let duration = ShortText.duration(integer(exchange, "duration_ms")).bytes
    text.bytes +=
      [UInt8](repeating: UInt8(ascii: " "), count: max(0, 5 - duration.count)) + duration
    text += "  \(outcome)  \(printable(exchange["bot"])) "
    for attempt in elements(exchange["attempts"]) {
      text += " \(printable(attempt["integration"])):\(printable(attempt["outcome"]))"
    }
    let isFine = outcome.span.equals("ok")
    let hasFallenBack = exchange["fallback"]?.boolean == true
    var line = StyledLine(text, !isFine ? .bad : hasFallenBack ? .warning : .plain)
    if let columns = Environment.terminalSize(of: 1)?.columns { line = line.cut(to: columns) }
    return Console.print(line.text(hasColour: Console.hasColour) + [UInt8]("\n"))
  }
}
