import Bytes
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
/// The parameters follow. No name is written twice.
public struct RequestEncoder {
  private let profile: RequestProfile
  private let conversationID: [UInt8]
  private let user: JSONValue?
  private let metadata: JSONValue?
  private var writer: JSONWriter
  private var hasMessage = false
  private var lastWasBlank = false

  /// An encoder of one request. `user` and `metadata` are the client's, in the `custom` dialect alone;
  /// `capacity` is how many bytes the body may be expected to have.
  public init(
    _ profile: RequestProfile, conversationID: [UInt8], user: JSONValue?, metadata: JSONValue?,
    reserving capacity: Int = 4096
  ) {
    self.profile = profile
    self.conversationID = conversationID
    self.user = user
    self.metadata = metadata
    writer = JSONWriter(reserving: capacity)
    writer.beginObject()
    if profile.dialect != .custom, !profile.overrides("model") {
      writer.member("model", string: profile.model.span)
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
    guard profile.dialect == .anthropic else { return write(role, content) }
    if role == .assistant, !hasMessage { return }
    let isText = content.hasPrefix("\"")
    let parts = isText ? [] : try AnthropicPart.translate(content, from: role)
    lastWasBlank = isText ? content.isBlankJSONString : parts.isEmpty
    if lastWasBlank { return }
    hasMessage = true
    if isText { return write(role, content) }
    begin(role)
    writer.beginArray()
    for part in parts { part.write(to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  /// The body. The last message appended must not have been blank for a dialect that refuses such.
  public consuming func finish() throws(TranslationFault) -> [UInt8] {
    if lastWasBlank { throw .blankMessage }
    writer.endArray()
    switch profile.dialect {
    case .custom: endCustom()
    case .openai: writeMaxTokens(profile.maxTokens)
    case .anthropic: break
    }
    for parameter in profile.parameters where !RequestParameter.isReserved(parameter.name.span) {
      writer.name(parameter.name.span)
      writer.raw(parameter.value.span)
    }
    writer.endObject()
    return writer.finish()
  }

  private mutating func write(_ role: MessageRole, _ content: Span<UInt8>) {
    begin(role)
    writer.raw(content)
    writer.endObject()
  }

  private mutating func begin(_ role: MessageRole) {
    writer.beginObject()
    writer.member("role", string: role.name)
    writer.name("content")
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
    // Spans of what `self` holds may not be lent while the writer, in `self` too, changes.
    let profile = profile
    let conversationID = conversationID
    if !profile.overrides("conversation_id") {
      writer.member("conversation_id", string: conversationID.span)
    }
    writeObject("user", user)
    if !profile.overrides("bot") {
      writer.name("bot")
      writer.beginObject()
      writer.member("id", string: profile.botID.span)
      writer.member("name", string: profile.botName.span)
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
