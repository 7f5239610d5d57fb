import Bytes
import Dialects
import HTTPClient

/// What a finished transfer means: the one place where backends' answers are sorted.
struct Verdict {
  let outcome: Outcome
  /// What to do about a failure.
  let advice: String
  /// There if and only if the outcome is `ok`.
  let reply: Reply?

  init(of result: TransferResult, dialect: Dialect) {
    if let failure = result.failure {
      self.init(Verdict.outcome(of: failure), FailureAdvice.transfer(failure, result))
      return
    }
    switch result.status {
    case 200...299:
      do throws(ReplyFault) {
        self.init(reply: try dialect.decode(result.body))
      } catch {
        self.init(error)
      }
    case 401, 403:
      self.init(.authFailed, FailureAdvice.status(result.status))
    case 429:
      self.init(.rateLimited, FailureAdvice.status(result.status))
    default:
      self.init(.httpError, FailureAdvice.status(result.status))
    }
  }

  private init(_ outcome: Outcome, _ advice: String) {
    self.outcome = outcome
    self.advice = advice
    reply = nil
  }

  private init(reply: Reply) {
    outcome = .ok
    advice = ""
    self.reply = reply
  }

  private init(_ fault: ReplyFault) {
    switch fault {
    case .invalidJSON: self.init(.invalidJSON, fault.message)
    case .missingContent: self.init(.missingContent, fault.message)
    }
  }

  private static func outcome(of failure: TransferFailure) -> Outcome {
    switch failure {
    case .nameNotResolved: .dnsFailed
    case .connectFailed: .connectFailed
    case .handshakeFailed, .certificateNotTrusted, .authorityUnusable: .tlsFailed
    case .interrupted: .interrupted
    case .tooLarge: .tooLarge
    case .notHTTP, .other: .httpError
    }
  }
}
