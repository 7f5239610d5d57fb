import Bytes
import JSON

extension Reply {
  /// Reads the reply to a ``PassedRequest``: an object that has what was asked for and reports no error.
  public static func passed(
    _ body: [UInt8], for purpose: Purpose
  ) throws(ReplyFault) -> Reply {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      throw .invalidJSON(error, hint: ReplyHint(body: body.span, error))
    }
    if let error = root["error"], error.reportsError { throw .reported(BackendError(error)) }
    guard let member = root[purpose.member],
      member.kind == .array && !member.isEmpty || member.integer != nil
    else { throw ReplyFault(withoutContent: root, readAs: .openai) }
    return Reply(
      content: [UInt8]("\"\""), details: ReplyMetadata(root, byteCount: body.count),
      source: (.openai, root))
  }
}

extension Purpose {
  /// The member that has what was asked for.
  fileprivate var member: StaticString {
    switch self {
    case .chat, .completions: "choices"
    case .embeddings: "data"
    case .moderations: "results"
    case .tokenCount: "input_tokens"
    }
  }
}
