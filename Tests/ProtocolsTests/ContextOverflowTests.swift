import Protocols
import Testing
import TestSupport

/// The numbers of errors about requests that are too long, as backends write them.
@Suite struct ContextOverflowTests {
  @Test(
    arguments: [
      (
        #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":612,"n_ctx":500}}"#,
        500, 612
      ),
      (
        #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 8312 tokens (8056 in the messages, 256 in the completion). Please reduce the length.","code":"context_length_exceeded"}}"#,
        8192, 8312
      ),
      (
        #"{"error":{"message":"This model's maximum context length is 128,000 tokens. However, your messages resulted in 140,009 tokens.","code":"context_length_exceeded"}}"#,
        128_000, 140_009
      ),
      (
        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210412 tokens > 200000 maximum"}}"#,
        200_000, 210_412
      ),
      (
        #"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again"}}"#,
        200_000, nil
      ),
      (
        #"{"error":{"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","code":"context_length_exceeded"}}"#,
        1_048_576, 1_200_000
      ),
      (
        #"{"error":{"message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","code":"context_length_exceeded"}}"#,
        32768, 40000
      ),
      (
        #"{"error":{"message":"gpt-4 v1.5 takes at most a 32k window of 4096 tokens: limit reached","code":"context_length_exceeded"}}"#,
        4096, nil
      ),
      (#"{"error":{"message":"Too long.","code":"context_length_exceeded"}}"#, nil, nil),
      (
        #"{"error":{"message":"Maximum 0 of 999999999999999999999.","code":"context_length_exceeded"}}"#,
        nil, nil
      ),
      (#"{"error":{"message":"m","code":"context_length_exceeded","n_ctx":-1}}"#, nil, nil),
    ] as [(String, Int?, Int?)])
  func readsNumbers(body: String, limit: Int?, tokens: Int?) throws {
    let overflow = try #require(BackendError(bytes(body)).overflow)
    #expect(overflow.limit == limit)
    #expect(overflow.tokens == tokens)
  }

  @Test func otherErrorsHaveNone() {
    #expect(BackendError(bytes(#"{"error":{"message":"maximum 8192"}}"#)).overflow == nil)
  }
}
