import JSON

/// How many tokens an exchange took, as far as the backend says.
public struct TokenUsage: Sendable {
  /// Tokens of the request, cached ones included.
  public let input: Int?

  /// Tokens of the reply.
  public let output: Int?

  /// Those of the input that the backend read from its cache.
  public let cached: Int?

  /// What the backend said, byte for byte.
  let object: JSONValue?

  /// The names under which vendors count: those of OpenAI, those of Anthropic, DeepSeek's for what its cache had.
  private static let names: [StaticString] = [
    "prompt_tokens", "completion_tokens",
    "input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens",
    "prompt_cache_hit_tokens",
  ]

  /// What a `usage` object says, in OpenAI's names or Anthropic's. O(n), in one walk.
  @inline(never)
  init(_ usage: JSONValue?) {
    object = usage
    guard let usage else {
      (input, output, cached) = (nil, nil, nil)
      return
    }
    var counts = InlineArray<7, Int?>(repeating: nil)
    var details: JSONValue?
    for member in usage.members {
      if let index = Self.names.firstIndex(where: { member.isNamed($0) }) {
        counts[index] = Self.count(member.value)
      } else if member.isNamed("prompt_tokens_details") || member.isNamed("input_tokens_details") {
        details = member.value
      }
    }
    // Anthropic counts what it read from or wrote to its cache apart, OpenAI within. Proxies send OpenAI's names with
    // Anthropic's beside them.
    input = counts[0] ?? counts[2].map { $0 + (counts[4] ?? 0) + (counts[5] ?? 0) }
    output = counts[1] ?? counts[3]
    cached = details?["cached_tokens"].flatMap { Self.count($0) } ?? counts[5] ?? counts[6]
  }

  /// The most tokens that a count may have: 10^12, or where `Int` has 32 bits a quarter of its range.
  private static let most = Int(min(1_000_000_000_000, Int64(Int.max / 4)))

  /// A count of tokens; a number that no request can have is not one, so that sums cannot overflow.
  private static func count(_ value: JSONValue) -> Int? {
    guard let count = value.integer, 0...most ~= count else { return nil }
    return count
  }
}
