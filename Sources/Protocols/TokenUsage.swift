import JSON

/// How many tokens an exchange took, as far as the backend says.
public struct TokenUsage: Equatable, Sendable {
  /// Tokens of the request, those that the backend had cached included.
  public let input: Int?

  /// Tokens of the reply.
  public let output: Int?

  /// What a `usage` object says, in OpenAI's names or Anthropic's.
  init(_ usage: JSONValue?) {
    guard let usage else {
      input = nil
      output = nil
      return
    }
    let input = Self.count(usage, "prompt_tokens") ?? Self.count(usage, "input_tokens")
    // Anthropic counts what it read from or wrote to its cache apart, OpenAI within.
    let cached = [
      Self.count(usage, "cache_creation_input_tokens"),
      Self.count(usage, "cache_read_input_tokens"),
    ]
    self.input = input.map { cached.reduce($0) { $0 + ($1 ?? 0) } }
    output = Self.count(usage, "completion_tokens") ?? Self.count(usage, "output_tokens")
  }

  /// A count of tokens; what no request can have is no count, so that sums cannot overflow.
  private static func count(_ usage: JSONValue, _ name: StaticString) -> Int? {
    guard let count = usage[name]?.integer, 0...1_000_000_000_000 ~= count else { return nil }
    return count
  }
}
