import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

extension ExchangeResult {
  /// The error that the client was answered with; `nil` for none.
  private var error: ErrorCode? {
    switch self {
    case .reply, .cancelled: nil
    case .contentFiltered: .contentFilter
    case .untranslatable: .unsupportedParameter
    case .failed, .timedOut, .unavailable: .allIntegrationsFailed
    case .overloaded: .overloaded
    case .conversationBusy: .conversationBusy
    case .userRateExceeded: .userRateExceeded
    }
  }

  /// `ok`, the code of the error, or `cancelled`.
  var outcome: StaticString {
    self == .reply ? Outcome.ok.name : error?.name ?? "cancelled"
  }

  /// The status of the answer, in a stream the one that it would have had; `nil` where there was none.
  var status: Int? {
    switch self {
    case .reply: 200
    case .timedOut: 504
    case .unavailable: 503
    default: error?.status
    }
  }
}

extension ExchangeRecord {
  /// Writes the exchange as the API has it.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", string: id)
    writer.member("request_id", string: request)
    writer.member("bot", string: bot)
    writer.member("conversation_id", string: conversation)
    writer.member("user", orNull: user)
    writer.member("key", orNull: key)
    writer.member("interface", string: face.name)
    writer.member("streamed", boolean: isStreaming)
    writer.member("started_at", time: start)
    writer.member("duration_ms", integer: duration)
    writer.member("waited_ms", integer: waited)
    writer.member("first_content_ms", optional: firstContent)
    writer.member("outcome", string: result.outcome)
    writer.member("status", optional: result.status)
    writer.member("integration", orNull: integration)
    writer.member("fallback", boolean: isFallback)
    writer.member("turns_left_out", integer: turnsLeftOut)
    writer.member("request_bytes", integer: requestBytes)
    writer.member("reply_bytes", integer: replyBytes)
    writer.name("tokens")
    writer.beginObject()
    writer.member("input", optional: tokens.input)
    writer.member("output", optional: tokens.output)
    writer.member("cached", optional: tokens.cached)
    writer.endObject()
    writer.member("cost", cost)
    writeAttempts(to: &writer)
    writer.endObject()
  }

  private func writeAttempts(to writer: inout JSONWriter) {
    writer.name("attempts")
    writer.beginArray()
    let content = visitAttempts { $0.write(to: &writer) }
    writer.endArray()
    if attemptsLeftOut > 0 { writer.member("attempts_left_out", integer: attemptsLeftOut) }
    guard let content else { return }
    writer.name("content")
    writer.beginObject()
    writer.member("message", string: content.message)
    writer.member("reply", string: content.reply)
    writer.member("cut", boolean: content.isCut)
    writer.endObject()
  }
}

extension AttemptRecord {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("integration", string: integration)
    writer.member("outcome", string: outcome?.name ?? "cancelled")
    writer.member("status", optional: status)
    if !message.isEmpty { writer.member("message", string: message) }
    writer.member("started_ms", optional: start)
    writer.member("duration_ms", integer: duration)
    writer.member("dns_ms", microseconds: phases.dns)
    writer.member("connect_ms", microseconds: phases.connect)
    writer.member("tls_ms", microseconds: phases.tls)
    writer.member("first_byte_ms", microseconds: phases.firstByte)
    writer.member("first_content_ms", optional: firstContent)
    writer.member("request_bytes", integer: requestBytes)
    writer.member("response_bytes", integer: responseBytes)
    writer.endObject()
  }
}

extension Face {
  /// The name of the interface.
  fileprivate var name: StaticString {
    switch self {
    case .native: "native"
    case .openai: "openai"
    case .anthropic: "anthropic"
    case .responses: "responses"
    case .ollama: "ollama"
    }
  }
}

extension JSONWriter {
  /// Writes a member whose value is text, or `null` for an empty one.
  @inline(never)
  fileprivate mutating func member(_ name: StaticString, orNull text: Span<UInt8>) {
    self.name(name)
    if text.isEmpty { null() } else { string(text) }
  }

  /// Writes a time given in microseconds as milliseconds, with a fraction; 0, for a phase that was not needed, as
  /// `null`.
  @inline(never)
  mutating func member(_ name: StaticString, microseconds: Int) {
    self.name(name)
    guard microseconds > 0 else { return null() }
    let text = Resource.thousandths(Int64(microseconds))
    raw(text.span)
  }
}
