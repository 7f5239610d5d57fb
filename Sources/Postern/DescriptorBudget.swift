import Configuration

/// How the descriptors that the system allows are shared out.
///
/// A client takes up to three: its connection, the one to a backend that its message needs, and one that is being closed
/// after a refusal. Where they are few, fewer clients may be connected, so that no message lacks its backend.
struct DescriptorBudget {
  /// The most descriptors of the process; getrlimit(2).
  let limit: Int

  /// Descriptors for the gateway's own use; an upper limit.
  private static let own = 48
  private static let perClient = 3

  /// Whether there are fewer than a configuration may need: one for each client, and one for each message that is being
  /// answered.
  func isShort(for configuration: Configuration) -> Bool {
    limit < need(of: configuration) + Self.own
  }

  /// The descriptors that a configuration may need, without those of the gateway itself.
  func need(of configuration: Configuration) -> Int {
    configuration.server.maxConnections + configuration.limits.inFlight
  }

  /// How many clients may be connected, and how many connections to backends are kept.
  func connections(for configuration: Configuration) -> (clients: Int, kept: Int) {
    let (clients, kept) = (configuration.server.maxConnections, configuration.limits.inFlight)
    guard isShort(for: configuration) else { return (clients, kept) }
    // With almost none left, half is the best guess.
    let share = max(limit - Self.own, limit / 2) / Self.perClient
    return (min(clients, max(share, 1)), min(kept, max(share, 1)))
  }
}
