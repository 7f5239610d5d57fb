import HTTPServer
import JSON

extension Response {
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
