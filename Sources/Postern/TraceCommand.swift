import Bytes
import EventLoop
import HTTPClient
import JSON
import Platform
import Protocols

/// `postern trace`: the last exchanges of the running gateway, one in full, or each as it ends.
struct TraceCommand {
  let words: CommandWords

  private static let path = [UInt8]("/v1/exchanges")

  func perform() -> ExitStatus {
    if words.has(.follow) { return follow() }
    guard let client = GatewayClient.open(words.gateway) else { return .failure }
    if let id = words.names.first {
      guard let exchange = client.ask(.get, [UInt8](path: "/v1/exchanges/", id))?["data"] else {
        return .failure
      }
      return Console.print(TraceCommand.text(exchange)) ? .success : .failure
    }
    guard let list = client.ask(.get, TraceCommand.path) else { return .failure }
    let exchanges = elements(list["data"])
    if exchanges.isEmpty {
      Console.complain("no exchange is kept: none has ended, or [recorder] memory is 0")
    }
    // The newest last, next to the prompt.
    for exchange in exchanges.reversed() {
      guard ExchangeLines.print(exchange) else { break }
    }
    return .success
  }

  private func follow() -> ExitStatus {
    do throws(SystemError) {
      let signals = try CommandSignals()
      guard let client = GatewayClient.open(words.gateway, signals: signals) else {
        return .failure
      }
      var hasFollowed = false
      while true {
        let lines = ExchangeLines()
        let reason: Text
        var mayReturn = true
        switch client.send(.get, TraceCommand.path, to: lines) {
        case .answered(200, _): reason = "the gateway has ended the stream"
        case .answered(let status, let body):
          reason = client.refusal(status, body)
          mayReturn = status == 503
        case .failed(let text): reason = text
        case .interrupted: return .success
        }
        hasFollowed = hasFollowed || lines.hasBegun
        // On a terminal it outlives a restart of the gateway; a pipe gets the end.
        guard hasFollowed, mayReturn, Console.hasCursor else {
          Console.complain(reason)
          return .failure
        }
        if lines.hasBegun { Console.complain("\(reason); trying again") }
        let end = client.loop.now + .seconds(1)
        while client.loop.now < end {
          try client.loop.turn(waitingAtMost: end - client.loop.now)
          if signals.takeInterrupt() { return .success }
        }
      }
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }

  /// The members that are shown first, in this order.
  private static let members: [StaticString] = [
    "id", "request_id", "started_at", "bot", "conversation_id", "user", "key", "interface",
    "streamed", "outcome", "status", "integration", "fallback", "duration_ms", "waited_ms",
    "first_content_ms", "turns_left_out", "request_bytes", "reply_bytes", "tokens", "cost",
  ]
  private static let phases: [StaticString] = [
    "started_ms", "dns_ms", "connect_ms", "tls_ms", "first_byte_ms", "first_content_ms",
    "request_bytes", "response_bytes",
  ]

  /// An exchange in full: a line for each member that is not `null`, then its attempts.
  private static func text(_ exchange: JSONValue) -> Text {
    var text: Text = ""
    for member in members {
      guard let value = exchange[member].present else { continue }
      text += "\(member): \(scalar(value))\n"
    }
    for attempt in elements(exchange["attempts"]) {
      text += "\n\(attemptText(attempt))\n "
      for phase in phases {
        guard let value = attempt[phase].present else { continue }
        text += " \(phase) \(scalar(value))"
      }
    }
    guard let content = exchange["content"].present else { return text }
    return text
      + "\n\nmessage:\n\(contentText(content["message"]))\n\nreply:\n\(contentText(content["reply"]))"
  }

  /// A value as text: a string without its quotes, anything else as JSON, which has no control characters.
  private static func scalar(_ value: JSONValue) -> [UInt8] {
    value.string == nil ? Array(value.raw) : printable(value)
  }
}
