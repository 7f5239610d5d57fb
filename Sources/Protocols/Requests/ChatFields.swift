import Bytes
import JSON

/// The further fields of a client's request as a backend is sent them, each name once.
struct ChatFields {
  /// More fields than any request has: finding one is a walk along them.
  private static let limit = 128

  private(set) var fields: [RequestParameter] = []
  let chat: ChatRequest
  let profile: RequestProfile
  private let rules: any DialectRules
  /// Whether hints that are translated are sent: how much the model is to think.
  let sendsHints: Bool

  /// The fields for a backend of this profile. Where the system messages are a field, that is one of them: the bot's
  /// before the client's, if the client has any.
  init(
    of chat: ChatRequest, for profile: RequestProfile, sendsHints: Bool
  ) throws(TranslationFault) {
    self.chat = chat
    self.sendsHints = sendsHints
    self.profile = profile
    rules = profile.dialect.rules
    if let fault = chat.fault, !profile.dialect.isSpoken(by: chat.face) { throw fault }
    if let translation = rules.fieldRules(from: chat.face) {
      for member in chat.body.members { try translate(member, by: translation) }
    } else {
      try pass()
    }
    if let name = rules.systemField, let system = try rules.system(of: chat, after: profile.system)
    {
      try set(name, written: system)
    }
    try rules.adjust(&self)
  }

  /// Whether there is a field of this name.
  func contains(_ name: StaticString) -> Bool { self[name] != nil }

  /// The value of the field of this name.
  subscript(_ name: StaticString) -> JSONValue? {
    for field in fields where field.name.span.equals(name) { return field.value }
    return nil
  }

  /// Whether the client asked for a longer reply than it may.
  private(set) var isLimited = false

  /// The backend speaks the client's interface: it gets the client's fields byte for byte.
  private mutating func pass() throws(TranslationFault) {
    let isOwn = profile.dialect.isSpoken(by: chat.face)
    let fields = isOwn ? chat.original ?? chat.body : chat.body
    for member in fields.members {
      if RequestParameter.isReserved(member) || member.isNamed("model") { continue }
      let name = member.name.string ?? []
      if let system = rules.systemField, name.span.equals(system) { continue }
      if profile.drops(name.span) { continue }
      guard self.fields.count < Self.limit else { throw .unsupportedField(name) }
      set(name, member.value)
    }
  }

  private mutating func translate(
    _ member: JSONMember, by rules: [FieldRule]
  ) throws(TranslationFault) {
    let value = member.value
    // A field without a value asks for nothing, whether it is known or not.
    if value.isNull { return }
    if !profile.dropped.isEmpty, let name = member.name.string, profile.drops(name.span) { return }
    guard let rule = rules.first(where: { member.isNamed($0.name) }) else {
      throw .unsupportedField(member.name.string ?? [])
    }
    switch rule.action {
    case .elsewhere, .hint: break
    case .named(let name): set(name, value)
    case .nothing:
      // Ollama's options are hints.
      if !value.isNothing, chat.face != .ollama { throw .unsupportedField([UInt8](rule.name)) }
    case .only(let literal):
      if !value.isWritten(literal) { throw .unsupportedField([UInt8](rule.name)) }
    case .translated(let translate):
      try translate(&self, rule.name, value)
    }
  }

  // MARK: Writing

  /// Sets a field to a value.
  @inline(never)
  mutating func set(_ name: StaticString, _ value: JSONValue) {
    set([UInt8](name), value)
  }

  /// Sets a field to a value between two pieces of JSON.
  @inline(never)
  mutating func set(
    _ name: StaticString, wrapping prefix: StaticString, _ value: JSONValue, _ suffix: StaticString
  ) throws(TranslationFault) {
    var written = [UInt8](prefix)
    written.append(copying: value.span)
    written.append(suffix)
    try set(name, written: written)
  }

  /// Sets a field to JSON.
  @inline(never)
  mutating func set(
    _ name: StaticString, written json: [UInt8]
  ) throws(TranslationFault) {
    // It is JSON, because its parts are, unless it is nested too deeply now.
    guard let document = try? JSONDocument(json) else { throw .malformedField([UInt8](name)) }
    set(name, document.root)
  }

  @inline(never)
  mutating func set(_ name: [UInt8], _ value: JSONValue) {
    if rules.isOwnField(name.span) || profile.drops(name.span) { return }
    let field = RequestParameter(name: name, value: limited(name, value))
    if let place = fields.firstIndex(where: { $0.name.span.equals(name.span) }) {
      fields[place] = field
    } else {
      fields.append(field)
    }
  }
}

extension ChatFields {
  /// The value of a field: the limit of the reply is lowered to what a client may ask for.
  private mutating func limited(_ name: [UInt8], _ value: JSONValue) -> JSONValue {
    guard let limit = profile.maxTokensLimit, value.kind == .number,
      RequestParameter.limitsReply(name.span),
      // A backend refuses a number with a fraction, or of more than 64 bits, as a limit.
      value.integer.map({ $0 > limit }) ?? true,
      let document = try? JSONDocument(Text("\(limit)").bytes)
    else { return value }
    isLimited = true
    return document.root
  }

  /// Takes all fields away, to be set again under other names.
  mutating func takeAll() -> [RequestParameter] {
    defer { fields = [] }
    return fields
  }

  /// Removes a field.
  mutating func remove(_ name: StaticString) {
    fields.removeAll { $0.name.span.equals(name) }
  }
}

extension RequestProfile {
  /// The profile for a client's request: with its further fields, which replace configured ones of the same name.
  ///
  /// Without `sendsHints`, translated hints are left out, for a backend that refuses them.
  public func serving(
    _ chat: ChatRequest, sendsHints: Bool = true
  ) throws(TranslationFault) -> RequestProfile {
    let client = try ChatFields(of: chat, for: self, sendsHints: sendsHints)
    // Two names for one limit, of which a backend takes one at a time.
    let limits = client.fields.contains { RequestParameter.limitsReply($0.name.span) }
    var fields = client.fields
    for parameter in parameters {
      let name = parameter.name.span
      if limits, RequestParameter.limitsReply(name) { continue }
      if client.fields.contains(where: { $0.name.span.equals(parameter.name.span) }) { continue }
      fields.append(parameter)
    }
    return RequestProfile(
      dialect: dialect, model: model, maxTokens: limits ? nil : maxTokens, parameters: fields,
      botID: botID, botName: botName, system: system, isFromResponses: chat.face == .responses)
  }
}
