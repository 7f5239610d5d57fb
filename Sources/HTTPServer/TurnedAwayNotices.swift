public import Platform

/// What clients were turned away for: at most one notice a second and reason, so that a flood does not fill the log.
struct TurnedAwayNotices {
  private var lastNotices = [Instant?](repeating: nil, count: TurnedAway.allCases.count)
  private var omitted = [Int](repeating: 0, count: TurnedAway.allCases.count)

  /// Notes a client; returns how many were omitted since the last notice of this reason, or `nil` if this one is to be
  /// omitted, too.
  mutating func note(_ reason: TurnedAway, at now: Instant) -> Int? {
    if let last = lastNotices[reason.rawValue], now - last < .seconds(1) {
      omitted[reason.rawValue] += 1
      return nil
    }
    lastNotices[reason.rawValue] = now
    defer { omitted[reason.rawValue] = 0 }
    return omitted[reason.rawValue]
  }
}

extension HTTPServer {
  /// A client that was turned away, and those like it that came just before.
  public struct TurnedAwayNotice {
    /// Why.
    public let reason: TurnedAway
    /// Where the client is.
    public let address: SocketAddress
    /// How many more there were since the last notice of this reason.
    public let omitted: Int
  }
}
