package import Bytes
package import Configuration
package import HTTPClient
package import JSON
package import Platform
package import Protocols

/// An integration: its settings, and what its requests have in common, made once.
package final class Integration {
  /// The settings.
  package let settings: IntegrationSettings
  /// The backend that its requests go to; `nil` for `echo`, which has none.
  package let upstream: Upstream?
  /// The backend's dialect; `nil` for `echo`.
  package let dialect: Dialect?
  /// What is known of the backend.
  package let health: BackendHealth
  /// Where the backend says whether it is well, asked by GET; `nil` without `probe_url`.
  package let probe: Upstream?
  /// The results of its attempts, counted.
  package let statistics: IntegrationStatistics
  /// Its failures, and what the log was told of them.
  package let failures: FailureHistory
  /// What is known of the length of its model's context.
  package let learned: LearnedContext
  /// A hash of its backend and model, the same in each process: 0 to 2^62 - 1.
  package let backendHash: UInt64
  /// The upstreams of other purposes than chat that have been used.
  private var others: [(purpose: Purpose, upstream: Upstream)] = []
  /// What its requests' bodies have in common; `nil` for `echo`.
  package let profile: RequestProfile?
  /// Postern's own fields that are the same in every request.
  private let ownFields: FieldLines
  /// Fields of single requests that the configuration does not set itself.
  private let sendsConversation: Bool
  private let sendsRequest: Bool
  private let sendsPlatform: Bool

  /// An integration with these settings, after a reload in place of `old`, which has the same id.
  ///
  /// Connections and breaker stay if the backend is the same one. Statistics continue if the bot is the same one,
  /// because to an administrator it is then the same integration.
  package init(
    _ settings: IntegrationSettings, bot: BotSettings, version: StaticString,
    replacing old: Integration? = nil
  ) {
    self.settings = settings
    dialect = settings.kind.dialect
    let isSameBackend = old?.settings.webhookURL?.text == settings.webhookURL?.text
    health = (isSameBackend ? old?.health : nil) ?? BackendHealth(settings)
    health.adopt(settings)
    let kept = old?.settings.bot == settings.bot ? old?.statistics : nil
    statistics = kept ?? IntegrationStatistics()
    failures = (old?.settings.bot == settings.bot ? old?.failures : nil) ?? FailureHistory()
    let isSameModel = isSameBackend && old?.settings.model == settings.model
    learned = (isSameModel ? old?.learned : nil) ?? LearnedContext()
    backendHash = Integration.backendHash(settings)
    profile = dialect.map { Integration.profile(settings, bot, $0) }
    if let dialect, let url = settings.webhookURL {
      let wanted = Upstream.Settings(
        url: url.text, fields: Integration.sharedFields(settings, dialect),
        connectTimeoutMilliseconds: settings.connectTimeoutMilliseconds,
        authorityFile: settings.caFile, identity: Integration.identity(settings),
        proxy: settings.proxy?.text, bodyLimit: settings.maxResponseBytes,
        refusesHostOnly: (settings.proxy?.server ?? url).address == nil,
        patienceMilliseconds: Integration.patienceMilliseconds(settings))
      let kept = old?.upstream.flatMap { $0.settings == wanted ? $0 : nil }
      upstream = kept ?? Upstream(wanted)
      probe = Integration.probe(settings, dialect)
    } else {
      upstream = nil
      probe = nil
    }
    ownFields = Integration.ownFields(settings, version)
    sendsConversation = !settings.setsField("X-Conversation-Id")
    sendsRequest = !settings.setsField("X-Request-Id")
    sendsPlatform = !settings.setsField("X-User-Platform")
  }

  /// Whether its last failure was that it could not be reached.
  package var isUnreachable: Bool {
    failures.last?.outcome == .dnsFailed || failures.last?.outcome == .connectFailed
  }

  /// What connects to its backend, and sends no request; `nil` for `echo`.
  package var connectionCheck: Upstream? {
    guard var settings = upstream?.settings else { return nil }
    settings.isConnectionOnly = true
    return Upstream(settings)
  }

  /// Its weight in draws: 0 where it is never drawn.
  package var drawnWeight: Int { settings.isEnabled && !settings.isFallback ? settings.weight : 0 }

  /// Whether its backend can continue a reply that another one began.
  package var canContinue: Bool { settings.canContinue && upstream != nil }

  /// Whether it serves a purpose.
  package func serves(_ purpose: Purpose) -> Bool {
    switch purpose {
    case .tokenCount: dialect == .anthropic && settings.purposes.contains(.chat)
    case .translation: settings.purposes.contains(.transcription)
    default: settings.purposes.contains(purpose)
    }
  }

  /// Where the backend serves a purpose; `nil` for `echo`.
  package func upstream(for purpose: Purpose) -> Upstream? {
    guard purpose != .chat, let upstream, let url = settings.webhookURL else { return upstream }
    for other in others where other.purpose == purpose { return other.upstream }
    var wanted = upstream.settings
    let isOnly = settings.purposes == Purposes(purpose)
    wanted.url = url.text(for: purpose, isOnly: isOnly)
    if purpose.isAudio, let dialect {
      wanted.fields = Integration.sharedFields(settings, dialect, for: purpose)
    }
    let other = Upstream(wanted)
    others.append((purpose, other))
    return other
  }

  /// Decides whether the backend may be asked.
  package var breaker: Breaker { health.breaker }

  /// The most time that one attempt may take.
  package var timeout: TimeSpan { .milliseconds(settings.timeoutMilliseconds) }

  /// The hints that its backend has not refused and answered without.
  package var hints = SentHints()

  /// Begins the body of a request to the backend, which must exist. `chat` is the client's own request, if it sent one:
  /// its further fields are sent on. Of `hints`, what is left out is not sent.
  @_optimize(speed)  // As in Exchange.ask.
  package func encoder(
    conversation: [UInt8], user: JSONValue?, metadata: JSONValue?, chat: ChatRequest? = nil,
    streams: Bool = false, hints: SentHints = SentHints()
  ) throws(TranslationFault) -> RequestEncoder {
    guard var profile, let upstream else { preconditionFailure("echo has no backend") }
    if let chat { profile = try profile.serving(chat, sendsHints: hints.effort) }
    var encoder = RequestEncoder(
      profile, conversationID: conversation, user: user, metadata: metadata, streams: streams,
      into: upstream.takeBuffer())
    encoder.asksForUsage = hints.usage
    encoder.renamesLimit = !hints.olderLimit
    return encoder
  }

  /// The body of a request that is passed on to the backend, which must exist.
  package func body(of request: PassedRequest, streams: Bool = false) -> ByteBuffer {
    guard let profile, let upstream else { preconditionFailure("echo has no backend") }
    return request.body(for: profile, streams: streams, into: upstream.takeBuffer())
  }

  /// Begins the body of a request for a reply of one token, as far as the dialect can ask for that. There must be a
  /// backend.
  package func shortReplyEncoder(conversation: [UInt8]) -> RequestEncoder {
    guard let profile else { preconditionFailure("echo has no backend") }
    // A few models take this name of the limit only.
    let isRenamed = settings.parameters.contains { $0.name.span.equals("max_completion_tokens") }
    var parameters = profile.parameters.filter { !$0.needsLongReply }
    if isRenamed, let one = try? JSONDocument([UInt8(ascii: "1")]) {
      parameters.append(
        RequestParameter(name: [UInt8]("max_completion_tokens"), value: one.root))
    }
    let short = RequestProfile(
      dialect: profile.dialect, model: profile.model, maxTokens: isRenamed ? nil : 1,
      parameters: parameters, botID: profile.botID, botName: profile.botName)
    return RequestEncoder(
      short, conversationID: conversation, user: nil, metadata: nil, streams: false)
  }

  /// Whether its backend is asked for a stream, for a client that wants a stream or does not.
  package func streams(toStreamingClient isStreaming: Bool) -> Bool {
    switch settings.stream {
    case .auto: isStreaming
    case .yes: true
    case .no: false
    }
  }

  /// The fields of one request. `contentType` is that of a form.
  package func fields(
    conversation: [UInt8], request: [UInt8], platform: [UInt8]?, betas: [UInt8]? = nil,
    contentType: [UInt8]? = nil
  ) -> FieldLines {
    var fields =
      contentType.map { FieldLines("Content-Type", $0.span, before: ownFields) } ?? ownFields
    // 64: what the names take.
    fields.reserve(conversation.count + request.count + (platform?.count ?? 0) + 64)
    if sendsConversation { fields.append("X-Conversation-Id", conversation.span) }
    if sendsRequest { fields.append("X-Request-Id", request.span) }
    if sendsPlatform, let platform { fields.append("X-User-Platform", platform.span) }
    // Beside a configured field of this name: both are lists, which add up (RFC 9110 section 5.3).
    if dialect == .anthropic, let betas, !betas.isEmpty {
      fields.append("anthropic-beta", betas.span)
    }
    return fields
  }

  private static func backendHash(_ settings: IntegrationSettings) -> UInt64 {
    var hash = SipHash.unkeyed
    if let url = settings.webhookURL?.text { hash.combine(url.span) }
    if let model = settings.model { hash.combine(model.span) }
    return hash.finish() >> 2
  }

  /// How long a request on a kept connection may stay unacknowledged: a part of `timeout`, so that there is time for a
  /// second try.
  private static func patienceMilliseconds(_ settings: IntegrationSettings) -> Int {
    min(10_000, max(1, settings.timeoutMilliseconds / 3))
  }

  private static func profile(
    _ settings: IntegrationSettings, _ bot: BotSettings, _ dialect: Dialect
  ) -> RequestProfile {
    RequestProfile(
      dialect: dialect, model: settings.model ?? [], maxTokens: settings.maxTokens,
      maxTokensLimit: settings.maxTokensLimit, dropped: settings.droppedFields,
      parameters: settings.parameters.compactMap { parameter in
        // The configuration was checked: a parameter is valid JSON.
        guard let document = try? JSONDocument(parameter.text) else { return nil }
        return RequestParameter(name: parameter.name, value: document.root)
      },
      botID: bot.id, botName: bot.name, system: bot.system)
  }

  /// The certificate that the backend is shown; `nil` for none. The configuration has both files or none.
  private static func identity(_ settings: IntegrationSettings) -> IdentityFiles? {
    guard let certificate = settings.clientCertificate, let key = settings.clientKey else {
      return nil
    }
    return IdentityFiles(certificate: certificate, key: key)
  }

  /// Where `probe_url` is. The configured fields, which may be keys, go to the scheme, host and port of `webhook_url` only.
  private static func probe(_ settings: IntegrationSettings, _ dialect: Dialect) -> Upstream? {
    guard let url = settings.probeURL, let own = settings.webhookURL else { return nil }
    let isOwn = url.hasOrigin(of: own)
    return Upstream(
      Upstream.Settings(
        url: url.text, fields: isOwn ? sharedFields(settings, dialect) : [],
        connectTimeoutMilliseconds: settings.connectTimeoutMilliseconds,
        authorityFile: settings.caFile, identity: isOwn ? identity(settings) : nil,
        proxy: settings.proxy?.text, bodyLimit: probeLimit,
        refusesHostOnly: (settings.proxy?.server ?? url).address == nil, isGet: true))
  }

  /// The largest answer to a probe, in bytes. What is longer has told enough by its status.
  private static let probeLimit = 65536

  /// The configured fields, and the dialect's fields that are not among them. The `Content-Type` of a form is the
  /// client's, and audio is not JSON.
  private static func sharedFields(
    _ settings: IntegrationSettings, _ dialect: Dialect, for purpose: Purpose = .chat
  ) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for header in settings.headers {
      if purpose.takesRecording, header.name.span.equalsIgnoringCase("Content-Type") { continue }
      lines.append(field(name: header.name, value: header.text))
    }
    for own in dialect.defaultFields where !settings.setsField(own.name) {
      let name = [UInt8](own.name)
      if purpose.takesRecording, name.span.equals("Content-Type") { continue }
      if purpose.isAudio, name.span.equals("Accept") { continue }
      lines.append(field(name: [UInt8](own.name), value: [UInt8](own.value)))
    }
    return lines
  }

  private static func ownFields(
    _ settings: IntegrationSettings, _ version: StaticString
  ) -> FieldLines {
    var fields = FieldLines()
    let agent = [UInt8]("Postern/") + [UInt8](version)
    let (bot, id) = (settings.bot, settings.id)
    if !settings.setsField("User-Agent") { fields.append("User-Agent", agent.span) }
    if !settings.setsField("X-Bot-Id") { fields.append("X-Bot-Id", bot.span) }
    if !settings.setsField("X-Integration-Id") { fields.append("X-Integration-Id", id.span) }
    return fields
  }

  private static func field(name: [UInt8], value: [UInt8]) -> [UInt8] {
    // libcurl leaves a field with a colon and no value out; a semicolon sends it empty.
    value.isEmpty ? name + [UInt8](";") : name + [UInt8](": ") + value
  }
}

extension RequestParameter {
  /// Whether it does not go with a reply of one token.
  fileprivate var needsLongReply: Bool {
    name.span.equals("max_completion_tokens") || name.span.equals("max_tokens")
      || name.span.equals("thinking")
  }
}

extension IntegrationSettings {
  /// Whether the configuration has a header field of this name.
  package func setsField(_ name: StaticString) -> Bool {
    for header in headers where header.name.span.equalsIgnoringCase(name) { return true }
    return false
  }
}
