/// What an answer in OpenAI's or Anthropic's shape says of itself.
public struct AnswerIdentity: Sendable {
  /// Its name, such as `chatcmpl-…` or `msg_…`; visible ASCII.
  public var id: [UInt8]

  /// The model, as text: the backend's, where it is known by now, else what the client asked for.
  public var model: [UInt8]

  /// When the request came, in seconds since 1970; OpenAI alone tells it.
  public var created: Int

  /// An identity from its parts.
  public init(id: [UInt8], model: [UInt8], created: Int) {
    self.id = id
    self.model = model
    self.created = created
  }
}
