public import Bytes
public import JSON

/// Writes the body of a request to a backend, message by message.
///
/// The context is copied once: from where it is kept into the body.
///
///     var encoder = RequestEncoder(profile, conversationID: id, user: user, metadata: metadata)
///     try encoder.append(.user, content: "\"Hi\"".span)        // the history, oldest first
///     try encoder.append(.assistant, content: …)
///     try encoder.append(.user, content: …)                    // the new message, last
///     let body = try encoder.finish()
///
/// | dialect | body |
/// |---|---|
/// | custom | `messages`, `conversation_id`, `user`, `bot`, `metadata`; the client's `user` and `metadata` byte for byte, `{}` where it sent none |
/// | openai | `model`, `messages`, `max_tokens` if set |
/// | anthropic | `model`, `max_tokens`, `system` if the bot has one, `messages`, the first from the user |
/// | responses | `model`, `input`, `max_output_tokens` if set, `store` |
///
/// The parameters follow. No name is written twice. A request for a stream has `stream: true`, and for `openai`
/// `stream_options`, without which OpenAI does not send the usage: `{"include_usage": true}`, unless a parameter of that
/// name gives another value. With `null` it is left out, because some backends refuse it.
public struct RequestEncoder: ~Copyable {
  let profile: RequestProfile
  let conversationID: [UInt8]
  let user: JSONValue?
  let metadata: JSONValue?
  let streams: Bool
  private let rules: any DialectRules
  var writer: JSONWriter
  /// Whether a stream may be asked to report its usage, which some backends refuse.
  public var asksForUsage = true
  /// Whether `max_tokens` is sent as `max_completion_tokens`, the only name that OpenAI's reasoning models take.
  public var renamesLimit = false
  /// Whether the backend is told to continue the last message.
  var continues = false
  /// Whether a message has been written.
  private(set) var hasMessage = false
  /// Whether the last message was left out because it is blank.
  var lastWasBlank = false
  /// Whether results of tools are being gathered in a message that has not ended.
  var gathersResults = false
  /// Whether the client's system messages come first, so that they are skipped where they stand.
  private(set) var hasSystemMessages = false
  /// The contents of system messages of earlier turns, where the system messages are a field.
  private(set) var recalledSystem: [JSONValue] = []

  /// An encoder of one request. `user` and `metadata` are the client's, for the `custom` dialect alone; `buffer` is
  /// empty and for the body; `streams` asks for a stream.
  public init(
    _ profile: RequestProfile, conversationID: [UInt8], user: JSONValue?, metadata: JSONValue?,
    streams: Bool = false, into buffer: ByteBuffer = ByteBuffer(capacity: 4096)
  ) {
    self.streams = streams
    self.profile = profile
    self.conversationID = conversationID
    self.user = user
    self.metadata = metadata
    rules = profile.dialect.rules
    writer = JSONWriter(into: buffer)
    writer.beginObject()
    rules.begin(&self)
    writer.name(rules.messagesName)
    writer.beginArray()
    rules.beginMessages(&self)
  }

  /// The size of the body so far, with the parameters that will follow, in bytes.
  public var byteCount: Int {
    profile.parameters.reduce(writer.count) { $0 + $1.name.count + $1.value.span.count + 4 }
  }

  /// Appends a message; `content` is its JSON, a string or an array of parts.
  ///
  /// `custom` and `openai` get the content byte for byte. For `anthropic`, parts are translated. Blank messages and
  /// text parts are left out because it refuses them, and so is what the assistant says before the user's first message.
  public mutating func append(
    _ role: MessageRole, content: Span<UInt8>
  ) throws(TranslationFault) {
    if content.hasPrefix("{") { return try append(items: content) }
    try rules.append(role, content, to: &self)
  }

  /// Appends the kept side of a turn that is items of Responses.
  @inline(never)
  private mutating func append(items content: Span<UInt8>) throws(TranslationFault) {
    guard let items = (try? JSONDocument(content.copied))?.root.keptItems else {
      throw .malformedContent
    }
    if profile.dialect == .responses { return append(input: items) }
    let translated = try ResponsesItems.messages(of: items, skippingUnknown: true)
    guard let messages = (try? JSONDocument(translated))?.root else { throw .malformedContent }
    // Those of earlier turns stay where they stand, or go into the field.
    let skipsSystem = hasSystemMessages
    hasSystemMessages = false
    if rules.systemField != nil {
      for message in messages.elements where message.isSystemMessage {
        if let content = message["content"] { recalledSystem.append(content) }
      }
    }
    try append(messagesOf: ChatRequest(.openai, body: messages, messages: messages))
    hasSystemMessages = skipsSystem
  }

  /// Appends a client's system messages, before a conversation that is stored. (`anthropic` has a field for them.)
  public mutating func append(systemOf chat: ChatRequest) throws(TranslationFault) {
    hasSystemMessages = true
    try rules.append(systemOf: chat, to: &self)
  }

  /// Appends a client's messages from one on, byte for byte where the backend speaks the client's interface.
  public mutating func append(
    messagesOf chat: ChatRequest, from first: Int = 0
  ) throws(TranslationFault) {
    if let original = chat.original, profile.dialect.isSpoken(by: chat.face) {
      return append(input: original["input"] ?? original)
    }
    var index = 0
    for message in chat.messages.elements {
      if index >= first { try rules.append(message, at: index, of: chat, to: &self) }
      index += 1
    }
    endResults()
  }

  /// Appends the beginning of the reply, for the backend to continue: a JSON string, the last message of all.
  ///
  /// `anthropic` continues a last message of the assistant's by itself, but refuses white space at its end, which is
  /// left out. `openai` and `custom` are told by `continue_final_message` and `add_generation_prompt`, which are vLLM's,
  /// SGLang's and llama.cpp's words; others ignore them, and many continue by themselves.
  public mutating func append(prefill content: Span<UInt8>) {
    rules.append(prefill: content.extracting(1..<content.count - 1), to: &self)
  }

  /// The body. Throws if the last message is blank and the dialect refuses blank messages.
  @_optimize(speed)  // Or else it would copy itself byte by byte.
  public consuming func finish() throws(TranslationFault) -> ByteBuffer {
    if lastWasBlank { throw .blankMessage }
    writer.endArray()
    rules.end(&self)
    for parameter in profile.parameters
    where !RequestParameter.isReserved(parameter.name.span)
      && rules.sends(parameter, streaming: streams)
      && (asksForUsage || !parameter.name.span.equals("stream_options"))
    {
      if renamesLimit, parameter.name.span.equals("max_tokens") {
        if profile.overrides(newerLimit) { continue }
        writer.name(newerLimit)
      } else {
        writer.name(parameter.name.span)
      }
      if !recalledSystem.isEmpty, let field = rules.systemField, parameter.name.span.equals(field) {
        writeRecalledSystem(before: parameter.value)
      } else {
        writer.raw(parameter.value.span)
      }
    }
    writer.endObject()
    return writer.finishedBuffer()
  }
}

/// What dialects write in the same way.
extension RequestEncoder {
  /// Appends a message whose content is in the backend's words.
  mutating func append(_ role: MessageRole, as content: Span<UInt8>) {
    hasMessage = true
    switch role {
    case .user: writer.raw("{\"role\":\"user\",\"content\":", content, "}")
    case .assistant: writer.raw("{\"role\":\"assistant\",\"content\":", content, "}")
    }
  }

  /// Notes that a message is written, in other words.
  mutating func noteMessage() { (hasMessage, lastWasBlank) = (true, false) }

  /// Whether the client speaks Responses, so that it says itself what is to be stored.
  var isFromResponses: Bool { profile.isFromResponses }

  /// Appends one of a client's messages byte for byte.
  mutating func append(unchanged message: JSONValue) {
    (hasMessage, lastWasBlank) = (true, false)
    writer.raw(message.span)
  }

  /// Begins a message whose content is an array of blocks.
  mutating func beginBlocks(_ role: MessageRole) {
    (hasMessage, lastWasBlank) = (true, false)
    writer.beginObject()
    writer.member("role", string: role.name)
    writer.name("content")
    writer.beginArray()
  }

  /// Ends such a message.
  mutating func endBlocks() {
    writer.endArray()
    writer.endObject()
  }

  /// Writes the model, unless a parameter replaces it.
  mutating func writeModel() {
    if !profile.overrides("model") { writer.member("model", string: profile.model) }
  }

  /// Writes the limit of the reply, if there is one and no parameter replaces it.
  mutating func writeMaxTokens(_ tokens: Int?) {
    guard let tokens, !profile.overrides("max_tokens") else { return }
    writer.member(renamesLimit ? newerLimit : "max_tokens", integer: tokens)
  }

  private var newerLimit: StaticString { "max_completion_tokens" }

  /// Writes the bot's system message as the first of the messages.
  mutating func writeSystemMessage() {
    guard let system = profile.system, !system.isEmpty else { return }
    writer.beginObject()
    writer.member("role", string: "system")
    writer.member("content", string: system.span)
    writer.endObject()
  }

  /// Writes that the reply is to be streamed, if it is.
  mutating func writeStream() {
    if streams { writer.member("stream", boolean: true) }
  }
}
