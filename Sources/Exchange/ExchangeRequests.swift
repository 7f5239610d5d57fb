import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// What an exchange sends to an integration, and what it learns about the length of its model's context.
extension Exchange {
  /// Whether an integration is asked for a stream.
  func asksForStream(_ integration: Integration) -> Bool {
    switch message.prompt.purpose {
    case .chat: integration.streams(toStreamingClient: message.isStreaming)
    case .completions: isLive && integration.streams(toStreamingClient: true)
    case .speech, .transcription, .translation: message.isStreaming
    case .embeddings, .moderations, .tokenCount: false
    }
  }

  /// What an attempt of a trial sends besides its body, and how long it may take.
  // For speed: optimised for size, it would copy the structures that it makes byte by byte.
  @_optimize(speed)
  func order(for trial: Trial, at upstream: Upstream, streams: Bool) -> Attempt.Order {
    let integration = trial.integration
    let form = message.prompt.form
    return Attempt.Order(
      integration: integration, upstream: upstream,
      fields: integration.fields(
        conversation: conversation, request: request, platform: message.platform,
        betas: message.betas, contentType: form?.contentType),
      limit: trial.limit(at: now), patience: trial.end,
      suspicion: dispatcher.watches.suspicion(of: integration), deadline: deadline,
      streams: streams,
      frame: form.map { BodyFrame($0.bytes, replacing: $0.model) }, purpose: message.prompt.purpose,
      continued: delivered.text,
      face: message.prompt.chat?.face ?? .native,
      passesEvents: passesEvents(of: integration))
  }

  /// Whether a stream's events reach the client as the integration sends them: both speak the same interface, and no
  /// other reply has begun in the client's stream.
  private func passesEvents(of integration: Integration) -> Bool {
    guard isLive, !delivered.hasBegun, let chat = message.prompt.chat else { return false }
    return integration.dialect?.isSpoken(by: chat.face) == true
  }

  /// The request's body in the integration's dialect: the messages, and the part of the reply that was delivered.
  func encode(
    for trial: Trial, streams: Bool, _ sent: inout SentRequest
  ) throws(TranslationFault) -> ByteBuffer {
    let integration = trial.integration
    if case .passed(let request) = message.prompt {
      let body = integration.body(of: request, streams: streams)
      sent = SentRequest(history: WrittenHistory(), bytes: body.count)
      return body
    }
    var encoder = try integration.encoder(
      conversation: conversation, user: message.user, metadata: message.metadata,
      chat: message.prompt.chat, streams: streams, hints: trial.hints)
    let history = try message.prompt.write(
      to: &encoder, recalling: conversation, through: message.history, of: bot.settings,
      from: dispatcher.context, within: room(for: trial))
    if let text = delivered.text { encoder.append(prefill: text.span) }
    let body = try encoder.finish()
    sent = SentRequest(history: history, bytes: body.count)
    return body
  }

  /// How much of the conversation the integration's model takes, as far as is known.
  private func room(for trial: Trial) -> HistoryRoom {
    let fixed: Int?
    switch dispatcher.windowTokens {
    case .unlimited: return HistoryRoom(turns: trial.turns)
    case .learned: fixed = nil
    case .fixed(let tokens): fixed = tokens
    }
    let integration = trial.integration
    let reply = message.prompt.chat?.replyLimit ?? integration.settings.maxTokens
    return HistoryRoom(
      turns: trial.turns,
      bytes: integration.learned.byteLimit(fixed: fixed, reserving: reply, at: now))
  }

  /// Learns how long the model's context is.
  func learn(from report: AttemptReport, _ reply: Reply?) {
    guard message.prompt.purpose == .chat else { return }
    let learned = integration.learned
    let tokens = reply?.usage.input
    guard report.overflow != nil || tokens != nil, sent.bytes > 0 else { return }
    let before = learned.limit
    let isText = sent.history.isText && message.prompt.isText
    if let overflow = report.overflow {
      learned.note(overflow, bytes: isText ? sent.bytes : nil, at: now)
    } else if let tokens, isText {
      learned.note(bytes: sent.bytes, tokens: tokens, at: now)
    }
    noteLimit(of: integration, before: before)
    dispatcher.keepLimit(of: integration)
  }
}
