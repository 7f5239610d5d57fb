import Backends
import Platform
import Protocols
import Testing
import TestSupport

@Suite struct LearnedContextTests {
  private let start = Instant(nanoseconds: 1)

  private func overflow(_ members: String) throws -> ContextOverflow {
    let body = #"{"error":{"message":"m","code":"context_length_exceeded"\#(members)}}"#
    return try #require(BackendError(bytes(body)).overflow)
  }

  @Test func knowsNoLimitAtFirst() {
    let learned = LearnedContext()
    #expect(learned.byteLimit(fixed: nil, reserving: nil, at: start) == nil)
    // Three bytes for each of 1000 tokens, less an eighth for the reply.
    #expect(learned.byteLimit(fixed: 1000, reserving: nil, at: start) == 875 * 3)
    #expect(learned.byteLimit(fixed: 1000, reserving: 100, at: start) == 900 * 3)
    #expect(learned.byteLimit(fixed: 1000, reserving: 5000, at: start) == 500 * 3)
  }

  @Test func learnsBytesPerTokenFromUsage() {
    let learned = LearnedContext()
    for _ in 0..<20 { learned.note(bytes: 40_000, tokens: 10_000, at: start) }
    #expect(learned.byteLimit(fixed: 1000, reserving: 0, at: start) == 4000)
    // Recent requests count more.
    for _ in 0..<40 { learned.note(bytes: 20_000, tokens: 10_000, at: start) }
    #expect(2000...2020 ~= learned.byteLimit(fixed: 1000, reserving: 0, at: start)!)
  }

  @Test func learnsTheLimit() throws {
    let learned = LearnedContext()
    learned.note(try overflow(#","n_prompt_tokens":1000,"n_ctx":500"#), bytes: 5000, at: start)
    #expect(learned.limit == 500)
    #expect(learned.byteLimit(fixed: nil, reserving: 0, at: start) == 2500)
    // More than that was answered: the model takes more now.
    learned.note(bytes: 4000, tokens: 800, at: start)
    #expect(learned.limit == 800)
  }

  @Test func believesALimitForADay() throws {
    let learned = LearnedContext()
    learned.note(try overflow(#","n_ctx":500"#), bytes: nil, at: start)
    let day = TimeSpan.seconds(24 * 3600)
    let before = start + day - .seconds(1)
    #expect(learned.byteLimit(fixed: nil, reserving: 0, at: before) == 1500)
    #expect(learned.byteLimit(fixed: nil, reserving: 0, at: start + day) == nil)
  }

  /// Whatever an error says, a request of the same size is not sent again.
  @Test(arguments: [
    "", #","n_ctx":500"#, #","n_ctx":100000"#, #","n_ctx":64,"n_prompt_tokens":65"#,
  ])
  func neverAllowsTheSameAgain(members: String) throws {
    for size in [100, 1000, 10_000, 1_000_000] {
      let learned = LearnedContext()
      learned.note(try overflow(members), bytes: size, at: start)
      let limit = try #require(learned.byteLimit(fixed: nil, reserving: 0, at: start))
      #expect(limit < size)
    }
  }
}
