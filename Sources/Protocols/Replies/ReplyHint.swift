import Bytes
import JSON

/// What a body that is not a reply looks like.
public enum ReplyHint: Equatable, Sendable, CaseIterable {
  /// Nothing, or only white space.
  case emptyBody
  /// HTML or XML.
  case html
  /// Compressed data.
  case compressed
  /// Server-sent events.
  case eventStream
  /// Several JSON values after each other.
  case severalValues
  /// Text in another encoding than UTF-8, or with a byte-order mark.
  case encoding
  /// JSON, but not an object.
  case notAnObject
  /// A call of a tool.
  case toolCall
  /// A reply that ran into the limit of tokens before it said anything.
  case outOfTokens
  /// A reply of the `custom` kind.
  case custom
  /// A reply of OpenAI's kind.
  case openai
  /// A reply of Anthropic's kind.
  case anthropic
  /// A reply of OpenAI's Responses.
  case responses
  /// A reply of Ollama's own interface.
  case ollama

  /// What to do about it, in a few words that may follow "the reply has no content; ".
  public var advice: StaticString {
    switch self {
    case .emptyBody: "its body is empty"
    case .html: "it looks like a web page: check webhook_url, and what answers there"
    case .compressed:
      "it is compressed, which was not asked for: check what stands before the backend"
    case .eventStream: "it is an event stream: the backend streams although it was not asked to"
    case .severalValues:
      "it is several JSON values: the backend streams although it was not asked to"
    case .encoding: "it must be UTF-8 without a byte-order mark"
    case .notAnObject: "it must be a JSON object"
    case .toolCall: "it calls a tool, which no client here can answer"
    case .outOfTokens: "it ran out of tokens before it said anything: raise max_tokens"
    case .custom: "it looks like a custom backend's: set type = custom"
    case .openai: "it looks like OpenAI's: set type = openai"
    case .anthropic: "it looks like Anthropic's: set type = anthropic"
    case .responses: "it looks like OpenAI's Responses: set type = responses"
    case .ollama:
      "it looks like Ollama's own: set type = openai, and let webhook_url end in /v1/chat/completions"
    }
  }
}

extension ReplyHint {
  /// What a body that is not JSON may be.
  init?(body: Span<UInt8>, _ error: JSONError) {
    if error.reason == .empty {
      self = .emptyBody
    } else if Self.isCompressed(body) {
      self = .compressed
    } else if error.reason == .invalidUTF8 || error.reason == .byteOrderMark || Self.isUTF16(body) {
      self = .encoding
    } else if error.reason == .trailingText, body[error.position] == UInt8(ascii: "{") {
      self = .severalValues
    } else if error.reason == .valueExpected, body[error.position] == UInt8(ascii: "<") {
      self = .html
    } else if body.hasPrefix("data:") || body.hasPrefix("event:") || body.hasPrefix(":") {
      self = .eventStream
    } else {
      return nil
    }
  }

  /// What JSON without content may be.
  init?(_ root: JSONValue, readAs dialect: Dialect) {
    if root.kind != .object {
      self = .notAnObject
    } else if let hint = Self(end: root.endOfReply) {
      self = hint
    } else if Self.isOllama(root) {
      self = .ollama
    } else {
      for other in Dialect.allCases
      where other != dialect && other.rules.recognizes(root, readAs: dialect) {
        self = other.rules.hint
        return
      }
      return nil
    }
  }

  /// What a stream whose first event this is may be, where it turns out to have no content.
  init?(firstEvent root: JSONValue, readAs dialect: Dialect) {
    if dialect != .anthropic, root.member("type", is: "message_start") {
      self = .anthropic
    } else if dialect != .responses, root.member("type", is: "response.created") {
      self = .responses
    } else {
      self.init(root, readAs: dialect)
    }
  }

  /// `/api/chat` or `/api/generate`: its replies and their pieces.
  private static func isOllama(_ root: JSONValue) -> Bool {
    root["done"]?.boolean != nil
      && (root["message"]?.kind == .object || root["response"]?.kind == .string)
  }

  /// What the reason why a reply ended says about the lack of content.
  private init?(end: JSONValue?) {
    switch FinishReason(end) {
    case .tokenLimit: self = .outOfTokens
    case .toolCalls, .functionCall: self = .toolCall
    case .end, .stopSequence, .pause, .contextFull, .refusal, .broken, nil: return nil
    }
  }

  /// gzip (RFC 1952), or zstd (RFC 8878).
  private static func isCompressed(_ body: Span<UInt8>) -> Bool {
    guard body.count >= 4 else { return false }
    return body[0] == 0x1F && body[1] == 0x8B
      || body[0] == 0x28 && body[1] == 0xB5 && body[2] == 0x2F && body[3] == 0xFD
  }

  /// With a byte-order mark, or a NUL where every other byte of ASCII text has one.
  private static func isUTF16(_ body: Span<UInt8>) -> Bool {
    guard body.count >= 2 else { return false }
    let first = (body[0], body[1])
    return first == (0xFF, 0xFE) || first == (0xFE, 0xFF) || body[0] == 0 || body[1] == 0
  }
}
