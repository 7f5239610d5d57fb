package import Bytes
package import HTTPClient
package import Protocols

/// What a finished transfer means. The one place where backends' responses are sorted.
package struct Verdict {
  package let outcome: Outcome
  /// How it failed; `nil` if and only if the outcome is `ok`.
  package var failure: FailureKind?
  /// For a failure: what happened and what to do about it.
  package let advice: Text
  /// The reply, if and only if the outcome is `ok`.
  package let reply: Reply?
  /// The reason that the backend gave for a failure. Only for administrators.
  package let backendReason: [UInt8]?

  /// The verdict on a transfer. `acceptsToolCalls`: as in `Dialect.decode`.
  package init(of result: TransferResult, dialect: Dialect, acceptsToolCalls: Bool = false) {
    if let failure = result.failure, !result.isErrorOfAnySize {
      let (outcome, kind) = Verdict.sort(failure)
      self.init(outcome, kind, FailureAdvice.transfer(failure, result))
    } else if 200...299 ~= result.status {
      do throws(ReplyFault) {
        self.init(reply: try dialect.decode(result.body, acceptsToolCalls: acceptsToolCalls))
      } catch {
        self.init(
          error.outcome, .unusable, error.message, reason: BackendError(result.body).reason)
      }
    } else {
      self.init(status: result.status, BackendError(result.body))
    }
  }

  /// The verdict on a stream that is not a whole reply. `hasBegun`: a part of the reply has come.
  package init(of fault: StreamFault, hasBegun: Bool) {
    switch fault {
    case .tooLarge:
      self.init(.tooLarge, .unusable, fault.message)
    case .noReply(let reply):
      self.init(reply.outcome, .unusable, fault.message)
    case .brokenCall:
      self.init(.invalidJSON, .streamBroken, fault.message)
    case .unfinished:
      self.init(.interrupted, hasBegun ? .streamBroken : .unreachable, fault.message)
    case .reported(let error):
      let kind: FailureKind =
        switch error.kind {
        case .contextTooLong: .contextTooLong
        case .contentFiltered: .contentFiltered
        case .other: hasBegun ? .streamBroken : .unavailable
        }
      self.init(.httpError, kind, fault.message, reason: error.reason)
    }
  }

  /// The verdict on a reply, for a client of this face.
  package init(of reply: Reply, for face: Face) {
    if reply.toolCalls.allSatisfy({ $0.isSound(for: face) }) {
      self.init(reply: reply)
    } else {
      self.init(of: .brokenCall, hasBegun: true)
    }
  }

  /// The verdict on a response that is not a success.
  private init(status: Int, _ error: BackendError) {
    var (outcome, kind) = Verdict.sort(status: status)
    var advice = FailureAdvice.status(status)
    if status == 400 {
      switch error.kind {
      case .contextTooLong: (kind, advice) = (.contextTooLong, FailureAdvice.contextTooLong)
      case .contentFiltered: (kind, advice) = (.contentFiltered, FailureAdvice.contentFiltered)
      case .other: break
      }
    }
    self.init(outcome, kind, advice, reason: error.reason)
  }

  private init(
    _ outcome: Outcome, _ failure: FailureKind, _ advice: Text, reason: [UInt8]? = nil
  ) {
    self.outcome = outcome
    self.failure = failure
    self.advice = advice
    reply = nil
    backendReason = reason
  }

  private init(reply: Reply) {
    outcome = .ok
    failure = nil
    advice = ""
    self.reply = reply
    backendReason = nil
  }

  private static func sort(status: Int) -> (Outcome, FailureKind) {
    switch status {
    case 401, 403: (.authFailed, .notTrusted)
    case 429: (.rateLimited, .unavailable)
    case 500, 502, 503, 504, 529: (.httpError, .unavailable)
    case 400...499: (.httpError, .refused)
    default: (.httpError, .unusable)
    }
  }

  private static func sort(_ failure: TransferFailure) -> (Outcome, FailureKind) {
    switch failure {
    case .nameNotResolved: (.dnsFailed, .unreachable)
    case .connectFailed: (.connectFailed, .unreachable)
    // The name has to be changed: there is no use in trying again.
    case .addressRefused: (.connectFailed, .notTrusted)
    case .handshakeFailed: (.tlsFailed, .unreachable)
    case .certificateNotTrusted, .authorityUnusable: (.tlsFailed, .notTrusted)
    case .interrupted: (.interrupted, .unreachable)
    case .tooLarge, .headTooLarge: (.tooLarge, .unusable)
    case .notHTTP, .other: (.httpError, .unusable)
    }
  }
}

extension TransferResult {
  /// Whether its status says enough, although its body is too large to be read.
  fileprivate var isErrorOfAnySize: Bool { failure == .tooLarge && status >= 300 }
}

extension ReplyFault {
  fileprivate var outcome: Outcome {
    switch self {
    case .invalidJSON: .invalidJSON
    case .missingContent: .missingContent
    }
  }
}
