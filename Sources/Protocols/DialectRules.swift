import JSON

/// What differs between dialects: how requests are written, and how replies are read.
///
/// A request is an object with an array of messages; ``RequestEncoder`` writes what all dialects have in common.
///
/// OpenAI's words are the common ones: the context keeps messages in them, and each other vendor's folder translates
/// from and to them.
protocol DialectRules: AnyObject, Sendable {
  // MARK: Requests

  /// The header fields of every request, besides `Content-Type` and `Accept`.
  var fields: [DefaultField] { get }

  /// Whether every request names a model, so that the configuration must have one.
  var needsModel: Bool { get }

  /// The most tokens of a reply where the configuration does not say, if requests must have a limit.
  var standardMaxTokens: Int? { get }

  /// The name of the array of messages.
  var messagesName: StaticString { get }

  /// Writes the members before `messages`.
  func begin(_ request: inout RequestEncoder)

  /// Writes the bot's system message, where that is the first of the messages.
  func beginMessages(_ request: inout RequestEncoder)

  /// Writes a message of the conversation; `content` is in OpenAI's words.
  func append(
    _ role: MessageRole, _ content: Span<UInt8>, to request: inout RequestEncoder
  ) throws(TranslationFault)

  /// Writes the client's system messages, where they are among the messages.
  func append(
    systemOf chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault)

  /// Writes one of the client's messages, the one at `index`.
  func append(
    _ message: JSONValue, at index: Int, of chat: ChatRequest, to request: inout RequestEncoder
  ) throws(TranslationFault)

  /// Writes the beginning of the reply, for the backend to continue. `text` is the inside of a JSON string.
  func append(prefill text: Span<UInt8>, to request: inout RequestEncoder)

  /// How many bytes of a prefill are sent. `text` is the inside of a JSON string.
  func endOfPrefill(_ text: Span<UInt8>) -> Int

  /// Writes the members after `messages`, except the parameters.
  func end(_ request: inout RequestEncoder)

  /// Whether a parameter is sent.
  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool

  /// Whether a field is Postern's own, which a client's field never replaces.
  func isOwnField(_ name: Span<UInt8>) -> Bool

  /// How the further fields of a client's request are translated; `nil` if they are sent as they came.
  func fieldRules(from face: Face) -> [FieldRule]?

  /// Makes the fields of a client's request agree with each other, after all of them are there.
  func adjust(_ fields: inout ChatFields) throws(TranslationFault)

  /// The field that holds the system messages; `nil` if they are among the messages.
  var systemField: StaticString? { get }

  /// The JSON of that field: the client's system messages after the bot's; `nil` if the client has none.
  func system(
    of chat: ChatRequest, after system: [UInt8]?
  ) throws(TranslationFault) -> [UInt8]?

  // MARK: Replies

  /// Reads a whole reply, of a body of this size; `nil` if it has no content. See `Dialect.decode`.
  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply?

  /// What assembles a streamed reply.
  func assembly(within budget: ByteBudget) -> any ReplyAssembly

  /// Whether a body, which has no content for `other`, looks like a reply in this dialect.
  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool

  /// The hint for a body in this dialect that a backend of another type has sent.
  var hint: ReplyHint { get }

  /// How the vendor's backends report errors that matter, codes before words.
  var errorRules: [BackendError.Rule] { get }
}

extension DialectRules {
  var messagesName: StaticString { "messages" }
}
