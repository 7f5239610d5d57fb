/// The kinds of failure that have different consequences.
package enum FailureKind: Int, CaseIterable {
  /// No name, no connection, no TLS handshake, or the connection ended before the reply did.
  case unreachable
  /// 429, 500, 502, 503, 504 or 529: it may work a little later.
  case unavailable
  /// No reply in time.
  case timeout
  /// 401, 403, or a certificate that is not trusted: the configuration has to be changed.
  case notTrusted
  /// 400: the conversation is longer than the model accepts.
  case contextTooLong
  /// 400: the backend's policy forbids the content.
  case contentFiltered
  /// Any other 4xx, or a message that has no equivalent in the dialect: the request is at fault, not the backend.
  case refused
  /// Any other response: a success without a reply or with one that is too large, a redirect, or not HTTP.
  case unusable
  /// A stream that was cut off, stalled, or ended without a finish signal, after a part of the reply.
  case streamBroken

  /// What follows from it.
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
