package import Platform
package import Protocols

/// What the replies and errors of a backend have taught about the length of its model's context.
///
/// Postern has no tokenizer. It knows how many bytes its requests had, and backends say how many tokens they counted.
package final class LearnedContext {
  /// The most tokens that the model takes, as far as its backend has said.
  package private(set) var limit: Int?
  /// When the limit was learned.
  private var limitTime = Instant(nanoseconds: 0)
  /// Bytes and tokens of recent requests.
  private var sums = (bytes: 0, tokens: 0)

  /// Begins with nothing learned.
  package init() {}

  /// The ratio until the first request was counted: that of dense text, so that rather too much is left out.
  private static let assumed = (bytes: 3, tokens: 1)
  /// Sums of more tokens than this are halved, so that recent requests count more.
  private static let memory = 1 << 16
  /// How long a limit is believed. A backend that is started again may take more, and never says so by itself.
  private static let limitLife = TimeSpan.seconds(24 * 3600)

  /// Bytes for each 1024 tokens: the ratio as it is kept over a restart.
  package var bytesPer1024Tokens: Int {
    let (bytes, tokens) = sums.tokens > 0 ? sums : Self.assumed
    return max(1, bytes * 1024 / tokens)
  }

  /// Restores what an earlier process has learned.
  package func restore(limit: Int, bytesPer1024Tokens: Int, at now: Instant) {
    learn(limit, at: now)
    sums = (bytesPer1024Tokens, 1024)
  }

  /// Notes the tokens of a request of text, as its backend counted them.
  package func note(bytes: Int, tokens: Int, at now: Instant) {
    guard tokens > 0 else { return }
    sums.bytes += bytes
    sums.tokens += tokens
    while sums.tokens > Self.memory { sums = (sums.bytes / 2, sums.tokens / 2) }
    if let limit, tokens > limit { learn(tokens, at: now) }
  }

  /// Notes that a request was too long. `bytes`: its size; `nil` if not all of it is text.
  package func note(_ overflow: ContextOverflow, bytes: Int?, at now: Instant) {
    if let bytes, let tokens = overflow.tokens { note(bytes: bytes, tokens: tokens, at: now) }
    if let told = overflow.limit {
      learn(told, at: now)
    } else if let bytes {
      // Without a number it is known only that this request was too long.
      let estimate = self.tokens(of: bytes) * 15 / 16
      learn(min(limit ?? estimate, estimate), at: now)
    }
    // The estimate was too low, because the request was sent.
    if let bytes, let limit, tokens(of: bytes) <= limit {
      sums = (bytes, limit + limit / 16 + 1)
    }
  }

  private func learn(_ limit: Int, at now: Instant) {
    self.limit = limit
    limitTime = now
  }

  /// About how many tokens a request of this size has.
  package func tokens(of bytes: Int) -> Int { bytes * 1024 / bytesPer1024Tokens }

  /// How many bytes a request may have, if a part of the limit is reserved for the reply; `nil` where no limit is
  /// known.
  ///
  /// - Parameter fixed: A limit that was configured, in place of the learned one.
  package func byteLimit(fixed: Int?, reserving reply: Int?, at now: Instant) -> Int? {
    guard let limit = fixed ?? (now - limitTime < Self.limitLife ? limit : nil) else { return nil }
    let reserve = min(reply ?? limit / 8, limit / 2)
    return (limit - reserve) * bytesPer1024Tokens / 1024
  }
}
