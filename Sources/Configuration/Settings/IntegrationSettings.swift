public import Protocols

/// `[integration NAME]`: a backend that answers for a bot.
///
/// Unchecked Sendable: filled before it is shared, never changed afterwards.
public final class IntegrationSettings: SectionSettings, @unchecked Sendable {
  /// What answers.
  public enum Kind: Equatable, Sendable {
    /// A backend that speaks this dialect.
    case backend(Dialect)
    /// Postern itself, with the message.
    case echo

    /// The backend's dialect; `nil` for `echo`.
    public var dialect: Dialect? {
      switch self {
      case .backend(let dialect): dialect
      case .echo: nil
      }
    }
  }

  /// Whether the backend is asked to stream.
  public enum Stream: Sendable {
    /// When the client does.
    case auto
    case yes
    case no
  }

  /// What follows when the backend's policy refuses the content.
  public enum OnFilter: Sendable {
    /// The client is told.
    case stop
    /// The next integration is asked.
    case next
  }

  /// The section's name, or `echo…` for an implied one. Unique among all integrations.
  public let id: [UInt8]
  /// The id of the bot that it answers for.
  public private(set) var bot: [UInt8] = []
  /// What people call it.
  public private(set) var name: [UInt8] = []
  /// What answers.
  public private(set) var kind = Kind.backend(.custom)
  /// What it serves.
  public private(set) var purposes = Purposes(.chat)
  /// Where messages are posted; always there, except for `echo`.
  public private(set) var webhookURL: BackendURL?
  /// Whether ``webhookURL`` may be `http://` to any host.
  private var allowsHTTP = false
  /// The model to ask for; always there for `openai`, `responses` and `anthropic`.
  public private(set) var model: [UInt8]?
  /// Header fields of every request, in file order.
  ///
  /// Names are RFC 9110 tokens and differ in more than case. Values are secrets, without control characters
  /// except the tab. Each replaces Postern's own field of the same name.
  public private(set) var headers: [NamedText] = []
  /// The longest time until the whole reply or, where the backend streams, until its first content.
  public private(set) var timeoutMilliseconds = 0
  /// The longest time until the connection is there, TLS included.
  public private(set) var connectTimeoutMilliseconds = 0
  /// The longest silence within a stream.
  public private(set) var idleTimeoutMilliseconds = 0
  /// The share in the draw: 0 to 1000000. Among fallbacks it gives the order, the greatest first.
  public private(set) var weight = 0
  /// Whether it is asked only after others have failed, instead of taking part in the draw.
  public private(set) var isFallback = false
  /// Whether it is used at all.
  public private(set) var isEnabled = false
  /// Further tries after a failure worth repeating.
  public private(set) var retries = 0
  /// The longest pause before the first retry: each is random. It doubles for each further one, up to 8 s.
  public private(set) var backoffMilliseconds = 0
  /// The longest `Retry-After` worth waiting for.
  public private(set) var retryAfterMaxMilliseconds = 0
  /// Whether the backend is asked to stream.
  public private(set) var stream = Stream.auto
  /// Whether it can continue a reply that begins in an assistant message.
  public private(set) var canContinue = false
  /// The longest reply to ask for; always there for `anthropic`.
  public private(set) var maxTokens: Int?
  /// The longest reply that a client may ask for.
  public private(set) var maxTokensLimit: Int?
  /// Top-level fields of the client's that are not passed on.
  public private(set) var droppedFields: [[UInt8]] = []
  /// Further top-level fields of every request, in file order, each with its JSON.
  public private(set) var parameters: [NamedText] = []
  /// The largest reply.
  public private(set) var maxResponseBytes = 0
  /// When to pause requests to the backend; `nil` for never.
  public private(set) var breaker: BreakerPolicy?
  /// The most requests at once; 0 for no limit.
  public private(set) var maxInFlight = 0
  /// Where the backend says whether it is well.
  public private(set) var probeURL: BackendURL?
  /// The time from one probe to the next.
  public private(set) var probeIntervalMilliseconds = 0
  /// Whether a short message is sent at start, so that the model is loaded.
  public private(set) var isWarmed = false
  /// What follows when the backend's policy refuses the content.
  public private(set) var onFilter = OnFilter.stop
  /// The price of tokens of requests.
  public private(set) var priceInput: Price?
  /// The price of tokens of replies.
  public private(set) var priceOutput: Price?
  /// The price of tokens of requests that the backend has in its cache; `nil` for that of the others.
  public private(set) var priceCached: Price?
  /// Whether replies have a price.
  public var hasPrice: Bool { priceInput != nil || priceOutput != nil || priceCached != nil }
  /// Absolute path of a PEM file with the certificate authorities of this backend, instead of the system's.
  public private(set) var caFile: [UInt8]?
  /// Absolute path of a PEM file with the certificate that the backend is shown.
  public private(set) var clientCertificate: [UInt8]?
  /// Absolute path of a PEM file with the key of ``clientCertificate``; both or neither.
  public private(set) var clientKey: [UInt8]?
  /// The proxy that requests go through.
  public private(set) var proxy: ProxyURL?
  /// Texts to mask in all that the backend says.
  ///
  /// They are the values of header fields, those in the query of `webhook_url`, the password in `proxy`, and the values of
  /// `${…}`.
  public private(set) var secrets: [[UInt8]] = []

  static let table = SettingRows.table(of: IntegrationSettings())

  private init() {
    id = []
  }

  init(_ section: Section) {
    id = section.name
    var rows = SettingRows(filling: section)
    bind(&rows)
    secrets =
      section.secrets + (webhookURL?.queryValues ?? []) + (probeURL?.queryValues ?? [])
    if let proxy { secrets.append(proxy.secret) }
  }

  func bind(_ rows: inout SettingRows) {
    bindBackend(&rows)
    bindTimes(&rows)
    bindSelection(&rows)
    bindRequest(&rows)
    bindReply(&rows)
    bindHealth(&rows)
    bindPrices(&rows)
  }
}

// MARK: - Rows

extension IntegrationSettings {
  private func bindBackend(_ rows: inout SettingRows) {
    rows.text(
      "bot", .bot, &bot,
      .init(
        "The bot that it answers for; may be left out when there is only one.", example: "default",
        absence: "the only bot"))
    rows.text(
      "name", .line, &name,
      .init("What people call it.", example: "OpenAI GPT-4", absence: "the section's name"))
    rows.choice(
      "type", &kind, standard: "custom",
      .init(
        """
        The format that the backend speaks: OpenAI's chat completions (`openai`) or responses, Anthropic's \
        messages, Postern's own format (`custom`), or `echo`, which needs no backend and answers with the message.
        """, example: "openai"))
    rows.parsed(
      "webhook_url", .url, &webhookURL, BackendURL.init,
      .init(
        """
        Where messages are posted. `http://` is only for loopback and private addresses, `localhost`, \
        single-label names and those under `.local`, `.lan`, `.internal`, `.home.arpa`.
        """, example: "https://api.openai.com/v1/chat/completions",
        absence: "required, except for `echo`"))
    rows.boolean(
      "allow_http", &allowsHTTP, standard: "no",
      """
      Whether `webhook_url` may be `http://` to any host. Anyone on the network path can then read and \
      change messages and keys.
      """)
    rows.text(
      "model", .line, &model,
      .init(
        "The model to ask for.", example: "gpt-4o", absence: "required, except for `custom`"
      ))
    rows.family(
      "header.", .field, &headers, isSecret: true,
      .init(
        """
        `header.NAME`: a header field of every request, such as the backend's key. It replaces Postern's \
        own field of the same name.
        """, example: "Authorization = Bearer ${OPENAI_API_KEY}"))
  }

  private func bindTimes(_ rows: inout SettingRows) {
    rows.duration(
      "timeout", 1...Quantity.day, &timeoutMilliseconds, standard: "30s",
      "How long until the whole reply; where the backend streams, until its first content.")
    rows.duration(
      "connect_timeout", 1...Quantity.day, &connectTimeoutMilliseconds, standard: "5s",
      "How long until connected, TLS included.")
    rows.duration(
      "idle_timeout", 1...Quantity.day, &idleTimeoutMilliseconds, standard: "30s",
      "How long a stream may be silent.")
  }

  private func bindSelection(_ rows: inout SettingRows) {
    rows.count(
      "weight", 0...1_000_000, &weight, standard: "1",
      "The share in the draw, relative to the bot's other integrations; 0: it takes no part.")
    rows.boolean(
      "fallback", &isFallback, standard: "no",
      "Whether it is asked only after another has failed, and takes no part in the draw.")
    rows.boolean("enabled", &isEnabled, standard: "yes", "Whether it is used at all.")
    rows.parsed(
      "serves", .purposes, &purposes, Purposes.init, standard: "chat",
      """
      What it serves, separated by commas: `chat`; of `openai` also, or only, `embeddings`, `completions`, \
      `moderations`, `transcription` and `speech`, at the path beside that of `webhook_url`.
      """)
    rows.count(
      "retries", 0...100, &retries, standard: "2",
      "Further tries of this integration after a failure worth repeating.")
    rows.duration(
      "backoff", 0...8000, &backoffMilliseconds, standard: "500ms",
      "How long to wait before the first retry; doubles, with jitter, up to 8s.")
    rows.duration(
      "retry_after_max", 0...Quantity.day, &retryAfterMaxMilliseconds, standard: "10s",
      "The longest `Retry-After` to wait for; after a longer one the next integration is asked at once."
    )
  }

  private func bindRequest(_ rows: inout SettingRows) {
    rows.choice(
      "stream", &stream, standard: "auto",
      "Whether to ask the backend to stream; `auto`: when the client does.")
    rows.boolean(
      "prefill", &canContinue, standard: "no",
      "Whether the backend can continue a reply that begins in an assistant message.")
    rows.count(
      "max_tokens", 1...1_000_000_000, &maxTokens,
      .init(
        "The longest reply to ask for, in tokens.", example: "1024",
        absence: "not sent; 1024 for `anthropic`"))
    rows.count(
      "max_tokens_limit", 1...1_000_000_000, &maxTokensLimit,
      .init(
        "The longest reply that a client may ask for, in tokens; one that asks for more gets this.",
        example: "4096", absence: "no limit"))
    rows.family(
      "param.", .json, &parameters,
      .init(
        """
        `param.NAME`: a further top-level field of every request, as JSON. A JSON string may be written as \
        it is, `"high"`.
        """, example: "temperature = 0.2"))
    rows.parsed(
      "drop", .parameters, &droppedFields, WrittenValue.names,
      .init(
        """
        Top-level fields of the client's that are not passed on, separated by commas: those that the backend \
        refuses.
        """, example: "temperature, seed", absence: "all are passed on"))
  }

  private func bindReply(_ rows: inout SettingRows) {
    rows.size(
      "max_response", 1...Quantity.gibibyte, &maxResponseBytes, standard: "1M",
      "The largest reply; a larger one has failed.")
    rows.parsed(
      "breaker", .breaker, &breaker, BreakerPolicy.init, standard: "5/30s",
      """
      When to pause requests to the backend: after this many failures one after another, for this long; \
      then one request probes it. 0: never.
      """)
    rows.choice(
      "on_filter", &onFilter, standard: "stop",
      """
      What follows when the backend's policy refuses the content. `stop`: the client is told. `next`: the next \
      integration is asked.
      """)
    rows.text(
      "ca_file", .path, &caFile,
      .init(
        """
        The certificate authorities, PEM, that this backend's certificate is checked against. The file is \
        read for each connection, the system's once an hour.
        """, example: "/etc/postern/backend-ca.pem", absence: "the system's"))
    rows.text(
      "client_certificate", .path, &clientCertificate,
      .init(
        """
        The certificate, PEM, that this backend is shown; with its chain, if the backend needs that. Together with \
        `client_key` it makes mutual TLS. The files are read for each connection.
        """, example: "/etc/postern/client.pem", absence: "none is shown"))
    rows.text(
      "client_key", .path, &clientKey,
      .init(
        "The private key of `client_certificate`, PEM.", example: "/etc/postern/client.key",
        absence: "none is shown"))
    rows.parsed(
      "proxy", .proxy, &proxy, ProxyURL.init,
      .init(
        """
        The proxy that requests to this backend go through: `http://`, `https://`, `socks5://` or, where the proxy is to \
        resolve the backend's name, `socks5h://`, each with a port. If the proxy wants a user and a password: \
        `http://USER:${PASSWORD}@proxy:3128`. No proxy of the environment is used.
        """, example: "http://proxy:3128", absence: "none"))
  }
}

extension IntegrationSettings {
  private func bindHealth(_ rows: inout SettingRows) {
    rows.count(
      "max_in_flight", 0...1_000_000, &maxInFlight, standard: "0",
      "The most messages at once; more wait for their turn, up to the deadline. 0: no limit.")
    rows.parsed(
      "probe_url", .url, &probeURL, BackendURL.init,
      .init(
        """
        Where the backend says whether it is well, asked by GET while that is in doubt: at start, after a failure, while \
        the model is loading. 200: it is well, and its breaker closes. 503 that says so: it is loading, and messages wait.
        """, example: "http://127.0.0.1:8081/health", absence: "not asked"))
    rows.duration(
      "probe_interval", 1...Quantity.day, &probeIntervalMilliseconds, standard: "10s",
      "The time between two probes; at most 1s while messages wait for a model.")
    rows.boolean(
      "warm", &isWarmed, standard: "no",
      "Whether to send one short message at start, so that the model is loaded.")
  }
}

extension IntegrationSettings {
  private func bindPrices(_ rows: inout SettingRows) {
    rows.parsed(
      "price_input", .price, &priceInput, Price.init,
      .init(
        """
        What a million tokens of requests cost, in money of any kind, for `cost` in the statistics. Without a price the cost \
        is unknown.
        """, example: "2.50", absence: "0 if another price is set"))
    rows.parsed(
      "price_output", .price, &priceOutput, Price.init,
      .init(
        "What a million tokens of replies cost.", example: "10.00",
        absence: "0 if another price is set"))
    rows.parsed(
      "price_cached", .price, &priceCached, Price.init,
      .init(
        "What a million tokens of requests cost that the backend has in its cache.",
        example: "1.25", absence: "`price_input`"))
  }
}

extension IntegrationSettings.Kind: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("openai", .backend(.openai)), ("responses", .backend(.responses)),
    ("anthropic", .backend(.anthropic)),
    ("custom", .backend(.custom)), ("echo", .echo),
  ]
}

extension IntegrationSettings.OnFilter: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [("stop", .stop), ("next", .next)]
}

extension IntegrationSettings.Stream: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("auto", .auto), ("yes", .yes), ("no", .no),
  ]
}
