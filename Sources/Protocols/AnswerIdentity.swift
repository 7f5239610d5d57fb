/// What an answer in OpenAI's or Anthropic's interface says about itself.
public struct AnswerIdentity: Sendable {
  /// Its identifier, such as `chatcmpl-…` or `msg_…`; visible ASCII.
  public var id: [UInt8]

  /// The model, as text: the backend's, if it is known, else what the client asked for.
  public var model: [UInt8]

  /// When the request came, in seconds since 1970; OpenAI alone has it.
  public var created: Int

  /// An identity from its parts.
  public init(id: [UInt8], model: [UInt8], created: Int) {
    self.id = id
    self.model = model
    self.created = created
  }
}
