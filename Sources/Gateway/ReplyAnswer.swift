import Configuration
import Dialects
import HTTPServer
import JSON
import Platform

/// The answer to a message that an integration replied to: `{"data": {…}}`.
struct ReplyAnswer {
  let identifier: [UInt8]
  let conversation: [UInt8]
  let integration: IntegrationSettings
  let attempts: [AttemptReport]
  let reply: Reply

  /// 200 with the reply.
  var response: Response {
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
    WallTime.now.append(to: &created, precision: .seconds)
    writer.member("created_at", string: created.span)
    writer.endObject()
    writer.endObject()
    return Response(status: 200, contentType: "application/json", body: writer.finish())
  }
}
