package import Bytes
package import HTTPClient
package import Platform
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
  /// How long the backend wants no more requests, where the body says so.
  package var retryAfter: TimeSpan?
  /// Where the request was longer than the model takes: the backend's numbers.
  package private(set) var overflow: ContextOverflow?

  /// The verdict on a transfer. `acceptsToolCalls`: as in `Dialect.decode`.
  package init(
    of result: TransferResult, dialect: Dialect, for purpose: Purpose = .chat,
    contentType: [UInt8] = [], acceptsToolCalls: Bool = false
  ) {
    if let failure = result.failure, !result.isErrorOfAnyBody {
      let (outcome, kind) = Verdict.sort(failure)
      self.init(outcome, kind, FailureAdvice.transfer(failure, result))
    } else if 200...299 ~= result.status, purpose != .chat {
      self.init(passed: result.body, contentType, purpose)
    } else if 200...299 ~= result.status {
      self.init(success: result.body, dialect, acceptsToolCalls)
    } else {
      self.init(status: result.status, BackendError(result.body), result.body)
    }
  }

  /// The verdict on the body of a success that is passed on.
  private init(passed body: [UInt8], _ contentType: [UInt8], _ purpose: Purpose) {
    do throws(ReplyFault) {
      self.init(reply: try Reply.passed(body, contentType, for: purpose))
    } catch {
      self.init(of: error)
    }
  }

  /// The verdict on the body of a success, which may be a stream that was not asked for.
  private init(success body: [UInt8], _ dialect: Dialect, _ acceptsToolCalls: Bool) {
    if case .stream(let framing) = BodyForm(body.span, announced: nil) {
      self.init(stream: body, framing, dialect, acceptsToolCalls)
      return
    }
    do throws(ReplyFault) {
      self.init(reply: try dialect.decode(body, acceptsToolCalls: acceptsToolCalls))
    } catch {
      if case .invalidJSON(_, hint: .severalValues) = error {
        self.init(stream: body, .lines, dialect, acceptsToolCalls)
        // If the values are not a stream, the verdict is that on the body.
        if outcome != .interrupted, outcome != .invalidJSON { return }
      }
      self.init(of: error)
    }
  }

  /// The verdict on a stream that was received whole.
  private init(
    stream body: [UInt8], _ framing: StreamFraming, _ dialect: Dialect, _ acceptsToolCalls: Bool
  ) {
    let decoder = StreamDecoder(dialect, framing, limit: max(body.count, 1 << 20))
    _ = decoder.feed(body.span)
    _ = decoder.finish()
    do throws(StreamFault) {
      self.init(reply: try decoder.reply(acceptsToolCalls: acceptsToolCalls))
    } catch {
      self.init(of: error, hasBegun: decoder.hasBegun)
    }
  }

  /// The verdict on a stream that is not a whole reply. `hasBegun`: a part of the reply has come.
  package init(of fault: StreamFault, hasBegun: Bool) {
    switch fault {
    case .tooLarge:
      self.init(.tooLarge, .unusable, fault.message)
    case .noReply(let reply):
      self.init(of: reply)
    case .brokenCall:
      self.init(.invalidJSON, .broken, fault.message)
    case .unfinished:
      self.init(.interrupted, hasBegun ? .broken : .unreachable, fault.message)
    case .endedBadly(let word):
      self.init(.interrupted, .broken, fault.message, reason: word)
    case .malformed:
      self.init(.invalidJSON, .broken, fault.message)
    case .secondReply:
      self.init(.interrupted, .broken, fault.message)
    case .reported(let error):
      self.init(reported: error)
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

  /// The verdict on a success that is not a reply.
  private init(of fault: ReplyFault) {
    switch fault {
    case .invalidJSON:
      self.init(.invalidJSON, .unusable, fault.message)
    case .refused(let reason):
      self.init(.contentFiltered, .contentFiltered, FailureAdvice.contentFiltered, reason: reason)
    case .missingContent:
      self.init(.missingContent, .noContent, fault.message)
    case .reported(let error):
      self.init(reported: error)
    case .endedBadly(let word):
      self.init(.interrupted, .broken, fault.message, reason: word)
    }
  }

  /// The verdict on an error that a success reports: unless it is of a special kind, the reply is broken.
  private init(reported error: BackendError) {
    if let special = Verdict.sort(error.kind) {
      self.init(
        special.outcome ?? .httpError, special.failure, special.advice, reason: error.reason)
    } else {
      self.init(.httpError, .broken, FailureAdvice.reported, reason: error.reason)
    }
    retryAfter = error.retryDelay
    overflow = error.overflow
  }

  /// The verdict on a response that is not a success.
  private init(status: Int, _ error: BackendError, _ body: [UInt8]) {
    let (outcome, kind) = Verdict.sort(status: status)
    if Verdict.isMeaningful(error, with: status), let special = Verdict.sort(error.kind) {
      self.init(
        special.outcome ?? outcome, special.failure, special.advice, reason: error.reason)
    } else if status == 400, Verdict.saysNeedsTLS(body) {
      // What answers is not the backend.
      self.init(outcome, .unusable, FailureAdvice.needsTLS)
    } else {
      let advice =
        Verdict.saysModelUnknown(error, status)
        ? FailureAdvice.modelUnknown(status) : FailureAdvice.status(status)
      self.init(outcome, kind, advice, reason: error.reason)
    }
    retryAfter = error.retryDelay
    overflow = error.overflow
  }

  /// Whether a server that speaks TLS says that it was asked without: nginx's page, Go's line, Apache's page.
  private static func saysNeedsTLS(_ body: [UInt8]) -> Bool {
    let text = body.span.extracting(first: 1024)
    return text.containsIgnoringCase("to HTTPS port")
      || text.containsIgnoringCase("to an HTTPS server")
      || text.containsIgnoringCase("to an SSL-enabled server port")
  }

  /// Whether the backend says that it does not have the model. With 404 any word about a model does: the path is right
  /// then.
  private static func saysModelUnknown(_ error: BackendError, _ status: Int) -> Bool {
    guard let words = error.reason?.span, status == 404 || status == 400 || status == 422 else {
      return false
    }
    if status == 404 {
      return words.containsIgnoringCase("model") || words.containsIgnoringCase("deployment")
    }
    // "is not a valid model ID", "Invalid model: …".
    return words.containsIgnoringCase("valid model") || words.containsIgnoringCase("unknown model")
      || words.containsIgnoringCase("model")
        && (words.containsIgnoringCase("not exist") || words.containsIgnoringCase("not found"))
  }

  /// Whether an error of this kind is believed with a status. A limit of rates may name tokens, and what fails to load
  /// will not be ready later.
  private static func isMeaningful(_ error: BackendError, with status: Int) -> Bool {
    switch error.kind {
    case .contextTooLong: status >= 400 && status != 401 && status != 403 && status != 429
    case .contentFiltered: status >= 400
    case .quotaExhausted: 400...499 ~= status
    case .loading:
      // Ollama passes on what its runner says, with a status of its own.
      status == 503
        || status == 500 && error.reason?.span.containsIgnoringCase("server loading model") == true
    case .other: false
    }
  }

  /// What an error of a special kind means; without an outcome, that of its status.
  private static func sort(
    _ kind: BackendError.Kind
  ) -> (outcome: Outcome?, failure: FailureKind, advice: Text)? {
    switch kind {
    case .contextTooLong: (.contextTooLong, .contextTooLong, FailureAdvice.contextTooLong)
    case .contentFiltered: (.contentFiltered, .contentFiltered, FailureAdvice.contentFiltered)
    case .quotaExhausted: (nil, .quotaExhausted, FailureAdvice.quotaExhausted)
    case .loading: (.loading, .loading, FailureAdvice.loading)
    case .other: nil
    }
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
    case 402: (.httpError, .quotaExhausted)
    case 408: (.httpError, .requestTimedOut)
    case 429: (.rateLimited, .unavailable)
    case 500, 502, 503, 504, 520...529: (.httpError, .unavailable)
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
    case .proxyUnreachable, .proxyRefused: (.connectFailed, .unreachable)
    case .proxyUnauthorized: (.connectFailed, .notTrusted)
    case .handshakeFailed: (.tlsFailed, .unreachable)
    case .certificateNotTrusted, .authorityUnusable, .identityUnusable, .identityRefused:
      (.tlsFailed, .notTrusted)
    case .interrupted: (.interrupted, .unreachable)
    case .tooLarge, .headTooLarge: (.tooLarge, .unusable)
    case .notHTTP, .undecodable, .other: (.httpError, .unusable)
    }
  }
}

extension TransferResult {
  /// Whether its status says enough, although its body is too large or cannot be decoded.
  fileprivate var isErrorOfAnyBody: Bool {
    (failure == .tooLarge || failure == .undecodable) && status >= 300
  }
}
