/// How a kind of backend is spoken to. (An `echo` integration has no backend: see `Reply.init(echoing:)`.)
public enum Dialect: Equatable, Sendable, CaseIterable {
  /// Postern's own format: `messages` as OpenAI has them, with the conversation, the user and the bot.
  case custom
  /// OpenAI's Chat Completions, which vLLM, llama.cpp, Ollama and many more speak too.
  case openai
  /// Anthropic's Messages.
  case anthropic
}

/// A header field that a dialect adds to its requests.
public struct DefaultField: Sendable {
  /// The field's name.
  public let name: StaticString

  /// The field's value.
  public let value: StaticString
}

extension Dialect {
  /// The header fields that every request needs; one of the same name in the configuration takes its place.
  public var defaultFields: [DefaultField] {
    var fields = [
      DefaultField(name: "Content-Type", value: "application/json"),
      DefaultField(name: "Accept", value: "application/json"),
    ]
    if self == .anthropic {
      fields.append(DefaultField(name: "anthropic-version", value: "2023-06-01"))
    }
    return fields
  }
}
