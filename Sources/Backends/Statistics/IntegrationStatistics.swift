package import Platform
package import Protocols

/// The results of an integration's attempts since the start, as exact numbers.
///
/// They continue over a reload of the configuration, and their memory does not grow.
package final class IntegrationStatistics {
  /// A count besides those of attempts.
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
  }

  private var attempts = [Int](repeating: 0, count: Outcome.allCases.count)
  private var counts = [Int](repeating: 0, count: Counter.allCases.count)
  /// The durations of the attempts that brought a reply.
  package private(set) var latency = LatencyHistogram()
  /// The last attempt that failed at the backend, and when.
  package private(set) var lastFailure: (report: AttemptReport, time: WallTime)?
  /// How many attempts have failed at the backend since one brought a reply.
  package private(set) var failuresInARow = 0

  /// The number of attempts with an outcome.
  package subscript(outcome: Outcome) -> Int { attempts[outcome.rawValue] }

  /// The value of a counter.
  package subscript(counter: Counter) -> Int { counts[counter.rawValue] }

  /// Counts an attempt.
  @inline(never)
  package func count(_ report: AttemptReport) {
    attempts[report.outcome.rawValue] += 1
    counts[Counter.skippedEvents.rawValue] += report.skippedEvents
    if report.outcome == .ok {
      failuresInARow = 0
      latency.record(milliseconds: report.milliseconds)
    } else if report.outcome != .breakerOpen {
      lastFailure = (report, .now)
      failuresInARow += 1
    }
  }

  /// Counts the tokens of a reply, as far as the backend tells them.
  @inline(never)
  package func count(_ usage: TokenUsage) {
    counts[Counter.inputTokens.rawValue] &+= usage.input ?? 0
    counts[Counter.outputTokens.rawValue] &+= usage.output ?? 0
  }

  /// Takes back one that was counted.
  package func uncount(_ counter: Counter) {
    counts[counter.rawValue] -= 1
  }

  /// Counts one.
  @inline(never)
  package func count(_ counter: Counter) {
    counts[counter.rawValue] += 1
  }
}
