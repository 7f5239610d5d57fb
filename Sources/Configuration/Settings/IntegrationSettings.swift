import Bytes

/// `[integration NAME]`: a backend that answers for a bot.
public final class IntegrationSettings: Sendable {
  /// What the backend speaks.
  public enum Kind: Int, Sendable {
    case openai, anthropic, custom, echo
  }

  /// Whether the backend is asked to stream.
  public enum Stream: Int, Sendable {
    /// When the client does.
    case auto
    case yes
    case no
  }

  /// The section's name, or `echo…` for an implied one. Unique among all integrations.
  public let id: [UInt8]
  /// The id of the bot that it answers for.
  public let bot: [UInt8]
  /// What people call it.
  public let name: [UInt8]
  /// What the backend speaks.
  public let kind: Kind
  /// Where messages are posted; always there, except for `echo`.
  public let webhookURL: BackendURL?
  /// The model to ask for; always there for `openai` and `anthropic`.
  public let model: [UInt8]?
  /// Header fields of every request, in file order. Names are RFC 9110 tokens, no two the same but for
  /// case; values are secrets, without control characters except the tab. One of these replaces Postern's
  /// own of the same name.
  public let headers: [NamedText]
  /// Until the whole reply; where the backend streams, until its first content.
  public let timeoutMilliseconds: Int
  /// Until connected, TLS included.
  public let connectTimeoutMilliseconds: Int
  /// Silence within a stream.
  public let idleTimeoutMilliseconds: Int
  /// The share in the draw: 0 to 1000000.
  public let weight: Int
  /// Whether it stands in for others instead of taking part in the draw.
  public let isFallback: Bool
  /// Whether it is used at all.
  public let isEnabled: Bool
  /// Further tries after a failure worth repeating.
  public let retries: Int
  /// Before the first retry; doubles, up to 8 s.
  public let backoffMilliseconds: Int
  /// The longest `Retry-After` worth waiting for.
  public let retryAfterMaxMilliseconds: Int
  /// Whether the backend is asked to stream.
  public let stream: Stream
  /// Whether it can continue a reply that begins in an assistant message.
  public let canContinue: Bool
  /// The longest reply to ask for; always there for `anthropic`.
  public let maxTokens: Int?
  /// Further top-level fields of every request, in file order, each with its JSON.
  public let parameters: [NamedText]
  /// The largest reply.
  public let maxResponseBytes: Int
  /// When to stop asking for a while; `nil` for never.
  public let breaker: BreakerPolicy?
  /// Absolute path of a PEM file with the certificate authorities of this backend, instead of the system's.
  public let caFile: [UInt8]?
  /// What is not for everybody who may see what the backend says: the values of header fields, those in the
  /// query of `webhook_url`, and what `${…}` stands for.
  public let secrets: [[UInt8]]

  init(_ section: Section) {
    id = section.name
    bot = section.text("bot")
    name = section.text("name")
    kind = Kind(rawValue: section.number("type"))!
    webhookURL = section.parsed("webhook_url", BackendURL.init)
    model = section.optionalText("model")
    headers = section.family("header.")
    timeoutMilliseconds = section.number("timeout")
    connectTimeoutMilliseconds = section.number("connect_timeout")
    idleTimeoutMilliseconds = section.number("idle_timeout")
    weight = section.number("weight")
    isFallback = section.boolean("fallback")
    isEnabled = section.boolean("enabled")
    retries = section.number("retries")
    backoffMilliseconds = section.number("backoff")
    retryAfterMaxMilliseconds = section.number("retry_after_max")
    stream = Stream(rawValue: section.number("stream"))!
    canContinue = section.boolean("prefill")
    maxTokens = section.optionalNumber("max_tokens")
    parameters = section.family("param.")
    maxResponseBytes = section.number("max_response")
    breaker = section.parsed("breaker", BreakerPolicy.init)
    caFile = section.optionalText("ca_file")
    secrets = section.secrets + (webhookURL?.queryValues ?? [])
  }

  static let table: [Setting] = [
    Setting(
      "bot", .bot, example: "default", absence: "the only bot",
      "The bot that it answers for; may be left out when there is just one."),
    Setting(
      "name", .line, example: "OpenAI GPT-4", absence: "the section's name", "What people call it."),
    Setting(
      "type", .choice("openai, anthropic, custom, echo"), standard: "custom",
      example: "openai",
      """
      What the backend speaks: OpenAI's chat completions, Anthropic's messages, Postern's own format, or \
      `echo`, which needs no backend and answers with the message.
      """),
    Setting(
      "webhook_url", .url, example: "https://api.openai.com/v1/chat/completions",
      absence: "required, except for `echo`",
      """
      Where messages are posted. `http://` only to loopback and private addresses, `localhost`, \
      single-label names and those under `.local`, `.lan`, `.internal`, `.home.arpa`.
      """),
    Setting(
      "allow_http", .boolean, standard: "no",
      "Whether `webhook_url` may be `http://` to any host: anyone on the way can read and change it."
    ),
    Setting(
      "model", .line, example: "gpt-4o", absence: "required for `openai` and `anthropic`",
      "The model to ask for."),
    Setting(
      "header.", .field, example: "Authorization = Bearer ${OPENAI_API_KEY}", isSecret: true,
      """
      `header.NAME`: a header field of every request, such as the backend's key; it replaces Postern's \
      own of the same name.
      """),
    Setting(
      "timeout", .duration(1...Quantity.day), standard: "30s",
      "How long until the whole reply; where the backend streams, until its first content."),
    Setting(
      "connect_timeout", .duration(1...Quantity.day), standard: "5s",
      "How long until connected, TLS included."),
    Setting(
      "idle_timeout", .duration(1...Quantity.day), standard: "30s",
      "How long a stream may be silent."),
    Setting(
      "weight", .count(0...1_000_000), standard: "1",
      "The share in the draw, relative to the bot's other integrations; 0 takes no part."),
    Setting(
      "fallback", .boolean, standard: "no",
      "Whether it takes no part in the draw, and is asked when another has failed."),
    Setting("enabled", .boolean, standard: "yes", "Whether it is used at all."),
    Setting(
      "retries", .count(0...100), standard: "2",
      "Further tries of this integration after a failure worth repeating."),
    Setting(
      "backoff", .duration(0...8000), standard: "500ms",
      "How long to wait before the first retry; doubles, with jitter, up to 8s."),
    Setting(
      "retry_after_max", .duration(0...Quantity.day), standard: "10s",
      "The longest `Retry-After` to wait for; a longer one moves on at once."),
    Setting(
      "stream", .choice("auto, yes, no"), standard: "auto",
      "Whether to ask the backend to stream; `auto`: when the client does."),
    Setting(
      "prefill", .boolean, standard: "no",
      "Whether the backend can continue a reply that begins in an assistant message."),
    Setting(
      "max_tokens", .count(1...1_000_000_000), example: "1024",
      absence: "not sent; 1024 for `anthropic`", "The longest reply to ask for, in tokens."),
    Setting(
      "param.", .json, example: "temperature = 0.2",
      """
      `param.NAME`: a further top-level field of every request, as JSON. A JSON string may stand as it \
      is, `"high"`.
      """),
    Setting(
      "max_response", .size(1...Quantity.gibibyte), standard: "1M",
      "The largest reply; a larger one has failed."),
    Setting(
      "breaker", .breaker, standard: "5/30s",
      """
      When to leave the backend alone: after so many failures in a row, for this long, then one probe. \
      0: never.
      """),
    Setting(
      "ca_file", .path, example: "/etc/postern/backend-ca.pem", absence: "the system's",
      """
      The certificate authorities, PEM, that this backend's certificate is checked against. It is read for each \
      connection, the system's once an hour.
      """),
  ]
}
