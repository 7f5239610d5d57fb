/// The kinds of failure that have different consequences.
package enum FailureKind: CaseIterable {
  /// No name, no connection, no TLS handshake, or the connection ended before the reply did.
  case unreachable
  /// 429, 500, 502, 503, 504 or 520 to 529: it may work a little later.
  case unavailable
  /// The backend's model is being loaded.
  case loading
  /// No reply in time, or a stream that fell silent. The same backend would only be waited for once more.
  case timeout
  /// 401, 403, or a certificate that is not trusted: the configuration has to be changed.
  case notTrusted
  /// 402, or another status that says so: there is no credit left.
  case quotaExhausted
  /// The conversation is longer than the model accepts.
  case contextTooLong
  /// The backend's policy forbids the content.
  case contentFiltered
  /// 408: the backend did not get the request in time.
  case requestTimedOut
  /// Any other 4xx, or a message that has no equivalent in the dialect: the request is at fault, not the backend.
  case refused
  /// A success whose reply has no content.
  case noContent
  /// Any other response: a success that is not a reply or too large, a redirect, or not HTTP.
  case unusable
  /// A reply that ended badly: cut off, with a gap or an error, or without a finish signal after a part of it.
  case broken

  /// Whether the backend may answer the same message later, without a change of the configuration.
  package var isPassing: Bool {
    switch self {
    case .unreachable, .unavailable, .loading, .timeout, .broken, .requestTimedOut: true
    case .notTrusted, .quotaExhausted, .contextTooLong, .contentFiltered, .refused, .noContent,
      .unusable:
      false
    }
  }

  /// What follows from it.
  package var remedy: Remedy {
    switch self {
    case .unreachable:
      Remedy(repetition: .retries, asksNext: true, shows: .outage)
    case .unavailable:
      Remedy(repetition: .retries, asksNext: true, shows: .failure)
    case .loading:
      Remedy(repetition: .retries, asksNext: true, shows: .nothing)
    case .timeout, .notTrusted, .unusable:
      Remedy(repetition: .never, asksNext: true, shows: .failure)
    case .quotaExhausted:
      Remedy(repetition: .never, asksNext: true, shows: .exhaustion)
    case .contextTooLong, .refused, .noContent:
      Remedy(repetition: .never, asksNext: true, shows: .health)
    case .contentFiltered:
      Remedy(repetition: .never, asksNext: false, shows: .health)
    case .requestTimedOut:
      Remedy(repetition: .retries, asksNext: true, shows: .health)
    case .broken:
      Remedy(repetition: .once, asksNext: true, shows: .failure)
    }
  }
}
