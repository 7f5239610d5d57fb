/// The ways to fail that have different consequences: the rows of the contract's table of failures.
package enum FailureKind: Int, CaseIterable {
  /// No name, no connection, no TLS handshake, or the connection ended before the reply did.
  case unreachable
  /// 429, 500, 502, 503, 504 or 529: it may well work a little later.
  case unavailable
  /// Nothing came in time.
  case timeout
  /// 401, 403, or a certificate that is not trusted: somebody has to change the configuration.
  case notTrusted
  /// 400: the conversation is longer than the model takes.
  case contextTooLong
  /// 400: the content offends the backend's policy.
  case contentFiltered
  /// Any other 4xx, and a message that the dialect has no words for: it is this request that does not fit.
  case refused
  /// Any other answer: a success without a reply in it or with one too large, a redirect, no HTTP.
  case unusable
  /// A stream that was cut, stalled, or ended without a finish signal, after some of the reply had come.
  case streamBroken

  /// What follows.
  package var remedy: Remedy { FailureKind.remedies[rawValue] }

  /// In the order of the cases.
  private static let remedies = [
    Remedy(repetition: .retries, asksNext: true, countsAgainstBackend: true),
    Remedy(repetition: .retries, asksNext: true, countsAgainstBackend: true),
    Remedy(repetition: .never, asksNext: true, countsAgainstBackend: true),
    Remedy(repetition: .never, asksNext: true, countsAgainstBackend: true),
    Remedy(repetition: .never, asksNext: true, countsAgainstBackend: false),
    Remedy(repetition: .never, asksNext: false, countsAgainstBackend: false),
    Remedy(repetition: .never, asksNext: true, countsAgainstBackend: false),
    Remedy(repetition: .never, asksNext: true, countsAgainstBackend: true),
    Remedy(repetition: .once, asksNext: true, countsAgainstBackend: true),
  ]
}
