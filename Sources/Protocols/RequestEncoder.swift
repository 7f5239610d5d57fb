public import Bytes
public import JSON

/// Writes the body of a request to a backend, message by message, so that the context is copied once: from
/// where it is kept into the body.
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
///
/// The parameters follow. No name is written twice. To a request for a stream belongs `stream: true`; to `openai` also
/// `stream_options`, without which OpenAI does not tell the usage: `{"include_usage": true}` unless a parameter of that
/// name says otherwise, or, by `null`, that the backend refuses it.
public struct RequestEncoder: ~Copyable {
  private let profile: RequestProfile
  private let conversationID: [UInt8]
  private let user: JSONValue?
  private let metadata: JSONValue?
  private let streams: Bool
  private var continues = false
  var writer: JSONWriter
  private var hasMessage = false
  private var lastWasBlank = false
  /// Whether results of tools are being gathered in a message that has not ended.
  var gathersResults = false
  /// Whether the client's system messages stand in front, so that they are passed over where they come.
  private var hasSystemMessages = false

  /// An encoder of one request. `user` and `metadata` are the client's, in the `custom` dialect alone;
  /// `capacity` is how many bytes the body may be expected to have; `streams` says to ask for a stream.
  public init(
    _ profile: RequestProfile, conversationID: [UInt8], user: JSONValue?, metadata: JSONValue?,
    streams: Bool = false, reserving capacity: Int = 4096
  ) {
    self.streams = streams
    self.profile = profile
    self.conversationID = conversationID
    self.user = user
    self.metadata = metadata
    writer = JSONWriter(reserving: capacity)
    writer.beginObject()
    if profile.dialect != .custom, !profile.overrides("model") {
      writer.member("model", string: profile.model)
    }
    if profile.dialect == .anthropic { beginAnthropic() }
    writer.name("messages")
    writer.beginArray()
    if profile.dialect != .anthropic, let system = profile.system, !system.isEmpty {
      writer.beginObject()
      writer.member("role", string: "system")
      writer.member("content", string: system.span)
      writer.endObject()
    }
  }

  /// Appends a message; `content` is its JSON, a string or an array of parts.
  ///
  /// `custom` and `openai` are sent the content byte for byte. For `anthropic` parts are translated, messages
  /// and text parts that are blank are left out because it refuses them, and so is what the assistant says
  /// before the user's first message.
  public mutating func append(
    _ role: MessageRole, content: Span<UInt8>
  ) throws(TranslationFault) {
    guard profile.dialect == .anthropic else { return append(role, as: content) }
    if role == .assistant, !hasMessage { return }
    let isText = content.hasPrefix("\"")
    let parts = isText ? [] : try AnthropicPart.translate(content, from: role)
    lastWasBlank = isText ? content.isBlankJSONString : parts.isEmpty
    if lastWasBlank { return }
    hasMessage = true
    if isText { return append(role, as: content) }
    beginBlocks(role)
    for part in parts { part.write(to: &writer) }
    endBlocks()
  }

  /// Appends a client's system messages, for a conversation that is stored, in front of it. (`anthropic` has them in a
  /// field.)
  public mutating func append(systemOf chat: ChatRequest) throws(TranslationFault) {
    hasSystemMessages = true
    guard profile.dialect != .anthropic else { return }
    if chat.shape == .anthropic {
      guard let system = chat.body["system"], !system.isNothing else { return }
      return try append(systemBlocks: system)
    }
    for message in chat.messages.elements where message.isSystemMessage {
      writer.raw(message.span)
    }
  }

  /// Appends a client's messages from one on, byte for byte where they are in the backend's words.
  public mutating func append(
    messagesOf chat: ChatRequest, from first: Int = 0
  ) throws(TranslationFault) {
    let isSpoken = chat.isSpoken(in: profile.dialect)
    var index = 0
    for message in chat.messages.elements {
      if index >= first {
        if !isSpoken {
          try appendTranslated(message, index)
        } else if !hasSystemMessages || chat.shape == .anthropic || !message.isSystemMessage {
          appendAsIs(message)
        }
      }
      index += 1
    }
    endResults()
  }

  private mutating func appendTranslated(
    _ message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    if profile.dialect == .anthropic {
      try appendTranslated(toAnthropic: message, index)
    } else {
      try appendTranslated(toOpenAI: message, index)
    }
  }

  private mutating func appendAsIs(_ message: JSONValue) {
    (hasMessage, lastWasBlank) = (true, false)
    writer.raw(message.span)
  }

  /// Appends the beginning of the reply, for the backend to go on with: a JSON string, the last message of all.
  ///
  /// `anthropic` goes on with a last message of the assistant's by itself, but refuses white space at its end, which
  /// is left out. `openai` and `custom` are told so by `continue_final_message` and `add_generation_prompt`, in the
  /// words of vLLM and SGLang, which llama.cpp knows too; others ignore them, and many go on by themselves.
  public mutating func append(prefill content: Span<UInt8>) {
    guard profile.dialect == .anthropic else {
      continues = true
      return append(.assistant, as: content)
    }
    let text = content.extracting(1..<content.count - 1)
    let end = text.endOfJSONTextBeforeBlanks
    guard end > 0 else { return }
    writer.raw("{\"role\":\"assistant\",\"content\":\"", text.extracting(0..<end), "\"}")
  }

  /// The body. The last message appended must not have been blank for a dialect that refuses such.
  public consuming func finish() throws(TranslationFault) -> ByteBuffer {
    if lastWasBlank { throw .blankMessage }
    writer.endArray()
    switch profile.dialect {
    case .custom: endCustom()
    case .openai: writeMaxTokens(profile.maxTokens)
    case .anthropic: break
    }
    writeModes()
    for parameter in profile.parameters where isSent(parameter) {
      writer.name(parameter.name.span)
      writer.raw(parameter.value.span)
    }
    writer.endObject()
    return writer.finishedBuffer()
  }

  /// Whether the reply is to be streamed, and where it is to begin.
  private mutating func writeModes() {
    if continues {
      if !profile.overrides("continue_final_message") {
        writer.member("continue_final_message", boolean: true)
      }
      if !profile.overrides("add_generation_prompt") {
        writer.member("add_generation_prompt", boolean: false)
      }
    }
    guard streams else { return }
    writer.member("stream", boolean: true)
    if profile.dialect == .openai, !profile.overrides("stream_options") {
      writer.member("stream_options", raw: [UInt8]("{\"include_usage\":true}").span)
    }
  }

  /// `stream_options` without a stream is an error to OpenAI and vLLM.
  private func isSent(_ parameter: RequestParameter) -> Bool {
    if RequestParameter.isReserved(parameter.name.span) { return false }
    guard profile.dialect == .openai, parameter.name.span.equals("stream_options") else {
      return true
    }
    return streams && !parameter.value.isNull
  }

  /// Appends a message whose content is in the backend's words.
  mutating func append(_ role: MessageRole, as content: Span<UInt8>) {
    switch role {
    case .user: writer.raw("{\"role\":\"user\",\"content\":", content, "}")
    case .assistant: writer.raw("{\"role\":\"assistant\",\"content\":", content, "}")
    }
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

  private mutating func writeMaxTokens(_ tokens: Int?) {
    if let tokens, !profile.overrides("max_tokens") { writer.member("max_tokens", integer: tokens) }
  }

  private mutating func beginAnthropic() {
    writeMaxTokens(profile.maxTokens ?? 1024)
    if let system = profile.system, !system.isEmpty, !profile.overrides("system") {
      writer.member("system", string: system.span)
    }
  }

  private mutating func endCustom() {
    if !profile.overrides("conversation_id") {
      writer.member("conversation_id", string: conversationID)
    }
    writeObject("user", user)
    if !profile.overrides("bot") {
      writer.name("bot")
      writer.beginObject()
      writer.member("id", string: profile.botID)
      writer.member("name", string: profile.botName)
      writer.endObject()
    }
    writeObject("metadata", metadata)
  }

  private mutating func writeObject(_ name: StaticString, _ value: JSONValue?) {
    if profile.overrides(name) { return }
    writer.name(name)
    if let value { return writer.raw(value.span) }
    writer.beginObject()
    writer.endObject()
  }
}
