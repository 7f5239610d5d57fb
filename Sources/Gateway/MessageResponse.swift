import Bytes
import Configuration
import Dialects
import HTTPServer
import JSON
import Platform

/// Answers as the messages endpoint gives them.
extension Answer {
  /// The response, in a bot's words where nobody could answer.
  func response(from bot: BotSettings) -> Response {
    var response =
      switch content {
      case .reply(let reply, let integration):
        Response(
          status: 200, contentType: "application/json",
          body: body(of: reply, by: integration))
      case .contentFiltered(let reason):
        response(APIError(400, .invalidRequest, "content_filter", reason))
      case .failed(let timedOut):
        response(failure(timedOut ? 504 : 502, bot))
      case .unavailable(let seconds):
        response(failure(503, bot).retrying(afterSeconds: seconds))
      }
    response.fields.append(("X-Postern-Attempts", AttemptReport.fieldValue(attempts)))
    return response
  }

  private func failure(_ status: Int, _ bot: BotSettings) -> APIError {
    APIError(status, .backend, "all_integrations_failed", Text(bot.errorMessage))
  }

  private func response(_ error: APIError) -> Response {
    error.response { writer in
      writer.name("attempts")
      AttemptReport.write(attempts, to: &writer)
    }
  }

  /// `{"data": {…}}`
  private func body(of reply: Reply, by integration: IntegrationSettings) -> [UInt8] {
    let (id, name) = (integration.id, integration.name)
    var writer = JSONWriter(reserving: reply.content.count + reply.metadata.count + 512)
    writer.beginObject()
    writer.name("data")
    writer.beginObject()
    writer.member("id", string: identifier.span)
    writer.member("conversation_id", string: conversation.span)
    writer.member("role", string: "assistant")
    writer.member("content", raw: reply.content.span)
    writer.name("integration")
    writer.beginObject()
    writer.member("id", string: id.span)
    writer.member("name", string: name.span)
    writer.endObject()
    writer.member("fallback", boolean: integration.isFallback)
    writer.name("attempts")
    AttemptReport.write(attempts, to: &writer)
    writer.member("attachments", raw: reply.attachments.span)
    writer.member("metadata", raw: reply.metadata.span)
    var created: [UInt8] = []
    time.append(to: &created, precision: .seconds)
    writer.member("created_at", string: created.span)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }
}
