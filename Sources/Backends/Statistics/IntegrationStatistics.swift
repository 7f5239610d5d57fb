import Bytes
import Configuration
package import Protocols

/// The results of an integration's attempts since the start, as exact numbers.
///
/// They continue over a reload of the configuration, and their memory does not grow.
package final class IntegrationStatistics {
  /// A count besides those of attempts. The file of the statistics has the raw values: add new ones at the end.
  package enum Counter: Int, CaseIterable {
    /// Messages for which it was drawn.
    case drawn
    /// Attempts given up because the client left.
    case cancelled
    /// Messages for which another integration was asked, too, because this one said nothing.
    case hedged
    /// Replies that it gave as a fallback.
    case fallbacksServed
    /// Replies of a fallback, after this integration was tried first and failed.
    case fallbacksNeeded
    /// Events of its streams that were not JSON objects.
    case skippedEvents
    /// Tokens of requests, as the backend counts them.
    case inputTokens
    /// Tokens of replies, as the backend counts them.
    case outputTokens
    /// Those of the requests that the backend had in its cache.
    case cachedTokens
  }

  /// Everything that adds up.
  package private(set) var counts = StatisticCounts()
  /// Whether anything was counted since the ledger has written it.
  var isChanged = false
  /// The durations of the attempts that brought a reply.
  package private(set) var latency = LatencyHistogram()

  /// The number of attempts with an outcome.
  package subscript(outcome: Outcome) -> Int64 { counts[outcome] }

  /// The value of a counter.
  package subscript(counter: Counter) -> Int64 { counts[counter] }

  /// Counts an attempt.
  @inline(never)
  package func count(_ report: AttemptReport) {
    isChanged = true
    counts.add(1, to: report.outcome)
    counts.add(report.skippedEvents, to: .skippedEvents)
    if report.outcome == .ok { latency.record(milliseconds: report.milliseconds) }
  }

  /// Counts the tokens of a reply, as far as the backend tells them, and what they cost.
  @inline(never)
  package func count(_ usage: TokenUsage, cost: Cost?) {
    counts.add(usage.input ?? 0, to: .inputTokens)
    counts.add(usage.output ?? 0, to: .outputTokens)
    counts.add(usage.cached ?? 0, to: .cachedTokens)
    if let cost { counts.add(cost) }
  }

  /// Takes back one that was counted.
  package func uncount(_ counter: Counter) {
    counts.add(-1, to: counter)
  }

  /// Counts one.
  @inline(never)
  package func count(_ counter: Counter) {
    isChanged = true
    counts.add(1, to: counter)
  }
}
