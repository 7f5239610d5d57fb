public import Bytes

/// When a certificate is valid, in seconds since 1970.
public struct CertificateValidity: Sendable {
  /// The time from which it is accepted.
  public let start: Int
  /// The time from which it is refused.
  public let end: Int

  /// How long before its end a certificate should be renewed, in seconds.
  private static let renewal = 14 * day
  private static let day = 86400

  /// A validity from its two ends.
  public init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }

  /// What is wrong at a time, then what to do; `nil` while the certificate is valid for two weeks and more.
  public func warning(at now: Int) -> Text? {
    let advice: Text = "renew it; the new file is applied without a restart"
    if now >= end {
      return "the certificate expired \(Self.days(now - end)) ago, and is refused: \(advice)"
    }
    if now < start {
      return """
        the certificate is valid in \(Self.days(start - now)) only, and refused until then: check \
        the clock of this host
        """
    }
    guard end - now < Self.renewal else { return nil }
    return "the certificate expires in \(Self.days(end - now)): \(advice)"
  }

  private static func days(_ seconds: Int) -> Text {
    switch seconds / day {
    case 0: "less than a day"
    case 1: "1 day"
    case let count: "\(count) days"
    }
  }
}
