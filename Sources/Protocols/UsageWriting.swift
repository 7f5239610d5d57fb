import Bytes
import JSON

/// The tokens of a reply in the shapes that Postern offers: as the backend told them where it uses the same names,
/// else by their numbers.
extension JSONWriter {
  /// `usage` as OpenAI has it; 0 for what is not known.
  mutating func openAIUsage(_ reply: Reply, _ parts: ReplyParts) {
    name("usage")
    if let usage = parts.metadata?["usage"], usage["prompt_tokens"]?.integer != nil {
      return raw(usage.span)
    }
    let (input, output) = (reply.usage.input ?? 0, reply.usage.output ?? 0)
    beginObject()
    member("prompt_tokens", integer: input)
    member("completion_tokens", integer: output)
    member("total_tokens", integer: input + output)
    endObject()
  }

  /// `usage` as Anthropic has it; 0 for what is not known.
  mutating func anthropicUsage(_ reply: Reply, _ parts: ReplyParts) {
    name("usage")
    if let usage = parts.metadata?["usage"], usage["input_tokens"]?.integer != nil,
      usage["output_tokens"]?.integer != nil
    {
      return raw(usage.span)
    }
    beginObject()
    member("input_tokens", integer: reply.usage.input ?? 0)
    member("output_tokens", integer: reply.usage.output ?? 0)
    endObject()
  }
}
