import Bytes
import JSON

/// The interface that a backend speaks. (An `echo` integration has no backend: see `Reply.init(echoing:)`.)
///
/// A new vendor is a case here, a folder, and in the folder an implementation of ``DialectRules``. The compiler names most
/// of what is missing; docs/architecture.md lists the other places.
public enum Dialect: Equatable, Sendable, CaseIterable {
  /// OpenAI's Chat Completions, which vLLM, llama.cpp, Ollama and many more speak too.
  case openai
  /// Anthropic's Messages.
  case anthropic
  /// OpenAI's Responses.
  case responses
  /// Postern's own format: `messages` as OpenAI has them, with the conversation, the user and the bot.
  case custom

  /// What is special about the dialect.
  var rules: any DialectRules {
    switch self {
    case .custom: CustomDialect.shared
    case .openai: OpenAIDialect.shared
    case .anthropic: AnthropicDialect.shared
    case .responses: ResponsesDialect.shared
    }
  }
}

extension Dialect {
  /// Whether clients of this face speak the dialect, so that replies are passed on to them as they come.
  public func isSpoken(by face: Face) -> Bool {
    switch self {
    case .openai: face == .openai
    case .anthropic: face == .anthropic
    case .responses: face == .responses
    case .custom: false
    }
  }

  /// Whether every request names a model.
  public var needsModel: Bool { rules.needsModel }

  /// The most tokens of a reply where the configuration does not say; `nil` if the backend may decide.
  public var standardMaxTokens: Int? { rules.standardMaxTokens }

  /// The header fields that every request needs; one of the same name in the configuration replaces it.
  public var defaultFields: [DefaultField] {
    [
      DefaultField(name: "Content-Type", value: "application/json"),
      DefaultField(name: "Accept", value: "application/json"),
    ] + rules.fields
  }

  /// Reads the body of a 200 response. O(n).
  ///
  /// `acceptsToolCalls`: whether the client can answer calls of tools, so that a reply may consist of such calls alone.
  public func decode(
    _ body: [UInt8], acceptsToolCalls: Bool = false
  ) throws(ReplyFault) -> Reply {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      // RFC 8259 section 8.1 lets readers ignore a mark.
      guard error.reason == .byteOrderMark, let marked = try? JSONDocument(Array(body[3...])) else {
        throw .invalidJSON(error, hint: ReplyHint(body: body.span, error))
      }
      root = marked.root
    }
    let reply = try rules.reply(
      from: root, acceptsToolCalls: acceptsToolCalls, byteCount: body.count)
    guard let reply else { throw ReplyFault(withoutContent: root, readAs: self) }
    return reply
  }
}
