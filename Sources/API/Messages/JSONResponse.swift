import Bytes
import HTTPServer
import JSON

extension Response {
  /// The head of a response with server-sent events.
  static var eventStream: Response {
    var head = Response(status: 200, contentType: "text/event-stream", body: [])
    head.fields.append(("Cache-Control", [UInt8]("no-store")))
    // nginx would otherwise hold the pieces back until its buffer is full.
    head.fields.append(("X-Accel-Buffering", [UInt8]("no")))
    return head
  }

  /// A response with a JSON object, whose members `fill` writes.
  static func json(status: Int = 200, _ fill: (inout JSONWriter) -> Void) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    fill(&writer)
    writer.endObject()
    return Response(
      status: status, contentType: "application/json", content: .buffer(writer.finishedBuffer()))
  }
}
