package import Platform

/// The pauses between tries to connect to a server that cannot be reached: from 1 s to 8 s for two hours, then 60 s.
///
/// They are short because a connection that fails costs little, and an uplink that comes back is to be used at once.
package struct ConnectionPauses {
  /// When the first try failed; `nil` after a success.
  private var since: Instant?

  package init() {}

  /// The pause after a try that failed at a time.
  package mutating func next(at now: Instant) -> TimeSpan {
    guard let since else {
      self.since = now
      return .seconds(1)
    }
    let past = (now - since).milliseconds
    return past > 7_200_000 ? .seconds(60) : .milliseconds(min(8000, max(1000, past)))
  }

  /// Notes that the server was reached.
  package mutating func end() { since = nil }
}
