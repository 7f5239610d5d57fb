import Backends
import Bytes
import Configuration
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// Answers as responses.
extension Answer {
  /// In Postern's own form. If no integration could answer, the message is the bot's.
  func response(from bot: BotSettings) -> Response {
    if let error = error(from: bot) {
      let body = error.body { writer in
        writer.name("attempts")
        AttemptReport.write(attempts, to: &writer)
      }
      return response(error.status, error.fields, body)
    }
    guard case .reply(let reply, let integration) = content else {
      preconditionFailure("an answer without an error is a reply")
    }
    return response(200, [], body(of: reply, by: integration))
  }

  /// In a vendor's form. `body` makes the body of a reply.
  func response(
    from bot: BotSettings, as shape: ErrorShape, body: (Reply, AnswerHead) -> [UInt8]
  ) -> Response {
    if case .reply(let reply, _) = content { return response(200, [], body(reply, head)) }
    let error = self.error(from: bot)!.response(as: shape)
    return response(error.status, error.fields, error.body)
  }

  private func response(
    _ status: Int, _ fields: [(name: StaticString, value: [UInt8])], _ body: [UInt8]
  ) -> Response {
    var response = Response(status: status, contentType: "application/json", body: body)
    response.fields = fields
    response.fields.append(("X-Postern-Attempts", AttemptReport.fieldValue(attempts)))
    return response
  }

  /// Why there is no reply; `nil` where there is one.
  func error(from bot: BotSettings) -> APIError? {
    switch content {
    case .reply: nil
    case .contentFiltered(let reason): APIError(.contentFilter, reason)
    case .untranslatable(let fault): APIError(fault)
    case .failed(let timedOut): failure(timedOut ? 504 : 502, bot)
    case .unavailable(let seconds): failure(503, bot).retrying(afterSeconds: seconds)
    }
  }

  private func failure(_ status: Int, _ bot: BotSettings) -> APIError {
    APIError(.allIntegrationsFailed, Text(bot.errorMessage), status: status)
  }

  /// `{"data": {…}}`
  private func body(of reply: Reply, by integration: IntegrationSettings) -> [UInt8] {
    let (id, name) = (integration.id, integration.name)
    let (content, attachments) = (reply.content, reply.attachments)
    var writer = JSONWriter(reserving: reply.byteCount + 512)
    writer.beginObject()
    writer.name("data")
    writer.beginObject()
    writer.member("id", string: identifier.span)
    writer.member("conversation_id", string: conversation.span)
    writer.member("role", string: "assistant")
    writer.member("content", raw: content.span)
    writer.name("integration")
    writer.beginObject()
    writer.member("id", string: id.span)
    writer.member("name", string: name.span)
    writer.endObject()
    writer.member("fallback", boolean: integration.isFallback)
    writer.name("attempts")
    AttemptReport.write(attempts, to: &writer)
    writer.member("attachments", raw: attachments.span)
    writer.name("metadata")
    reply.writeMetadata(to: &writer)
    var created: [UInt8] = []
    time.append(to: &created, precision: .seconds)
    writer.member("created_at", string: created.span)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }
}
