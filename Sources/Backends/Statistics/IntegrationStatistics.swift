package import Protocols

/// What has come of asking an integration, in exact numbers, since the start. They outlive a reload of the
/// configuration, and take the same memory whatever happens.
package final class IntegrationStatistics {
  /// What is counted besides attempts.
  package enum Counter: Int, CaseIterable {
    /// Messages for which it was drawn by its weight.
    case drawn
    /// Attempts given up because the client went away.
    case cancelled
    /// Replies that it gave as a fallback.
    case fallbacksServed
    /// Replies that a fallback gave in its place, after it was tried first and failed.
    case fallbacksNeeded
    /// Events of its streams that were no JSON objects.
    case skippedEvents
    /// Tokens that its backend says it was sent.
    case inputTokens
    /// Tokens that its backend says it replied with.
    case outputTokens
  }

  private var attempts = [Int](repeating: 0, count: Outcome.allCases.count)
  private var counts = [Int](repeating: 0, count: Counter.allCases.count)
  /// How long the attempts took that ended in a reply.
  package private(set) var latency = LatencyHistogram()

  /// How many attempts ended like this.
  package subscript(outcome: Outcome) -> Int { attempts[outcome.rawValue] }

  /// How often it happened.
  package subscript(counter: Counter) -> Int { counts[counter.rawValue] }

  /// Takes an attempt's result.
  @inline(never)
  package func count(_ report: AttemptReport) {
    attempts[report.outcome.rawValue] += 1
    counts[Counter.skippedEvents.rawValue] += report.skippedEvents
    if report.outcome == .ok { latency.record(milliseconds: report.milliseconds) }
  }

  /// Takes what the backend says a reply took.
  @inline(never)
  package func count(_ usage: TokenUsage) {
    counts[Counter.inputTokens.rawValue] &+= usage.input ?? 0
    counts[Counter.outputTokens.rawValue] &+= usage.output ?? 0
  }

  /// Counts one.
  @inline(never)
  package func count(_ counter: Counter) {
    counts[counter.rawValue] += 1
  }
}
