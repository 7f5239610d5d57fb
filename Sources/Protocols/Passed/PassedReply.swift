import Bytes
import JSON

extension Reply {
  /// Reads the reply to a ``PassedRequest``: an object that has what was asked for and reports no error. What a
  /// recording says may have any format.
  public static func passed(
    _ body: [UInt8], _ contentType: [UInt8], for purpose: Purpose
  ) throws(ReplyFault) -> Reply {
    if purpose.takesRecording, !contentType.span.namesJSON {
      if contentType.span.namesHTML { throw .missingContent(hint: .html) }
      // Some servers label errors so, too.
      if body.first == UInt8(ascii: "{"), let root = try? JSONDocument(body).root,
        let error = root["error"], error.reportsError
      {
        throw .reported(BackendError(error))
      }
      return Reply(
        content: noContent, details: ReplyMetadata(byteCount: body.count),
        passed: PassedBody(body, contentType))
    }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      throw .invalidJSON(error, hint: ReplyHint(body: body.span, error))
    }
    if let error = root["error"], error.reportsError { throw .reported(BackendError(error)) }
    guard root.answers(purpose) else { throw ReplyFault(withoutContent: root, readAs: .openai) }
    if let fault = root.faultOfChoices { throw fault }
    return Reply(
      content: noContent, details: ReplyMetadata(root, byteCount: body.count),
      source: (.openai, root),
      passed: purpose.takesRecording ? PassedBody(body, contentType) : nil)
  }

  /// The reply at the end of a stream that was passed on; `account` is the event that says what it took.
  convenience init(passed account: JSONValue?) {
    self.init(
      content: Reply.noContent,
      details: account.map { ReplyMetadata($0, byteCount: $0.span.count) } ?? ReplyMetadata())
  }

  private static let noContent = [UInt8]("\"\"")
}

extension JSONValue {
  /// Why a completion is not whole, where one of its choices reports an error or ended badly.
  var faultOfChoices: ReplyFault? {
    @inline(never)
    get {
      guard let choices = self["choices"] else { return nil }
      for choice in choices.elements {
        if let error = choice["error"], error.reportsError { return .reported(BackendError(error)) }
        let word = choice["finish_reason"]
        if FinishReason(word) == .broken { return .endedBadly(word?.string ?? []) }
      }
      return nil
    }
  }

  /// Whether it has what was asked for. A recording may say nothing.
  fileprivate func answers(_ purpose: Purpose) -> Bool {
    let name: StaticString
    switch purpose {
    case .chat, .completions: name = "choices"
    case .embeddings: name = "data"
    case .moderations: name = "results"
    case .tokenCount: name = "input_tokens"
    case .speech: return false
    case .transcription, .translation:
      return kind == .string || self["text"]?.kind == .string || self["segments"]?.kind == .array
    }
    guard let member = self[name] else { return false }
    return member.kind == .array && !member.isEmpty || member.integer != nil
  }
}
