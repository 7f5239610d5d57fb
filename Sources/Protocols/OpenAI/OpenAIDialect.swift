import Bytes
import JSON

/// OpenAI's Chat Completions, as backends are asked.
final class OpenAIDialect: OpenAIWordedDialect {
  static let shared = OpenAIDialect()

  var needsModel: Bool { true }

  func begin(_ request: inout RequestEncoder) { request.writeModel() }

  func end(_ request: inout RequestEncoder) {
    request.writeMaxTokens(request.profile.maxTokens)
    request.writeContinuation()
    request.writeStream()
    if request.streams, request.asksForUsage, !request.profile.overrides("stream_options") {
      request.writer.member("stream_options", raw: [UInt8]("{\"include_usage\":true}").span)
    }
  }

  /// `stream_options` without a stream is an error to OpenAI and vLLM.
  func sends(_ parameter: RequestParameter, streaming: Bool) -> Bool {
    !parameter.name.span.equals("stream_options") || streaming && !parameter.value.isNull
  }

  func isOwnField(_ name: Span<UInt8>) -> Bool { false }

  func reply(
    from root: JSONValue, acceptsToolCalls: Bool, byteCount: Int
  ) throws(ReplyFault) -> Reply? {
    try Reply(openai: root, acceptsToolCalls, byteCount: byteCount)
  }

  func assembly(within budget: ByteBudget) -> any ReplyAssembly { OpenAIAssembly(budget) }

  func recognizes(_ root: JSONValue, readAs other: Dialect) -> Bool {
    root["choices"]?.elements.first { _ in true } != nil
  }

  var hint: ReplyHint { .openai }

  var errorRules: [BackendError.Rule] { BackendError.Rule.openai }
}
