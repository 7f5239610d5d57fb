import Bytes
public import JSON

/// Turns of Responses as the context keeps them.
///
/// The user's side is a text, or `{"input": […]}` with the items as they came. The reply's side is an object that begins
/// with its `id`, and has the `output` and what else is asked for later. Contents of other interfaces are texts and arrays.
public enum ResponsesTurn {
  /// The user's side of a request.
  public static func input(of request: JSONValue) -> JSONValue {
    let input = request["input"] ?? request
    if input.kind == .string { return input }
    var items = input.elements
    if let first = items.next(), items.next() == nil, first["role"]?.equals("user") == true,
      let text = first["content"], text.kind == .string
    {
      return text
    }
    var writer = JSONWriter(reserving: input.raw.count + 16)
    writer.raw("{\"input\":", input.span, "}")
    return (try? JSONDocument(writer.finish()))?.root ?? input
  }

  /// The reply's side, with what the request says of it.
  public static func output(
    of reply: Reply, to request: JSONValue, as id: [UInt8]
  ) -> [UInt8] {
    var writer = JSONWriter(reserving: reply.content.count + 512)
    let model = reply.model ?? request["model"]?.string ?? []
    let end = reply.responsesEnd
    writer.beginObject()
    writer.member("id", string: id)
    writer.member("status", string: end.status)
    if let reason = end.reason {
      writer.name("incomplete_details")
      writer.beginObject()
      writer.member("reason", string: reason)
      writer.endObject()
    }
    writer.member("model", string: model)
    writer.name("output")
    writer.elements(reply.responsesItems(id))
    writer.name("usage")
    reply.writeResponsesUsage(to: &writer)
    for name in ["metadata", "previous_response_id", "conversation"] as [StaticString] {
      writer.optional(name, request[name])
    }
    writer.endObject()
    return writer.finish()
  }

  /// Whether the kept reply is the response of this id.
  public static func isReply(_ reply: Span<UInt8>, of id: [UInt8]) -> Bool {
    let start = "{\"id\":\"" as StaticString
    let first = start.utf8CodeUnitCount
    guard reply.hasPrefix(start), reply.count > first + id.count else { return false }
    return reply.extracting(first..<first + id.count).equals(id.span)
      && reply[first + id.count] == UInt8(ascii: "\"")
  }

  /// Whether what is kept of a user's side, or a request's, begins with the output of a tool, and so belongs to the turn
  /// before it.
  public static func answersCalls(_ kept: Span<UInt8>) -> Bool {
    guard kept.hasPrefix("{"), let items = (try? JSONDocument(kept.copied))?.root.keptItems else {
      return false
    }
    return items.elements.first { _ in true }?.member("type", is: "function_call_output") == true
  }

  /// A stored response as clients get it.
  public static func response(_ reply: [UInt8], created: Int) -> [UInt8]? {
    guard let root = (try? JSONDocument(reply))?.root else { return nil }
    let object = ResponsesObject(
      terms: AnswerTerms(created: created, request: root), id: root["id"]?.string ?? [], model: [])
    var writer = JSONWriter(reserving: reply.count + 512)
    object.write(adopting: root, to: &writer)
    return writer.finish()
  }

  /// The items of a stored request as clients get them: each with an id, and messages with parts.
  public static func items(_ user: [UInt8], of id: [UInt8]) -> [(id: [UInt8], item: [UInt8])] {
    guard let kept = (try? JSONDocument(user))?.root else { return [] }
    guard let items = kept.keptItems else { return [item(nil, kept, id, 0)] }
    return items.elements.enumerated().map { item($1, $1["content"], id, $0) }
  }

  private static func item(
    _ item: JSONValue?, _ content: JSONValue?, _ response: [UInt8], _ place: Int
  ) -> (id: [UInt8], item: [UInt8]) {
    let id = item?["id"]?.string ?? ResponsesItem.id("in_", of: response, place)
    var writer = JSONWriter(reserving: 256)
    writer.beginObject()
    writer.member("id", string: id)
    if item?["type"] == nil { writer.member("type", string: "message") }
    if item == nil { writer.member("role", string: "user") }
    if let item {
      for member in item.members where !member.isNamed("id") && !member.isNamed("content") {
        writer.member(member)
      }
    }
    if let content {
      writer.name("content")
      if content.kind == .string {
        let isReply = item?["role"]?.equals("assistant") == true
        writer.beginArray()
        writer.beginObject()
        writer.member("type", string: isReply ? "output_text" : "input_text")
        writer.member("text", raw: content.span)
        writer.endObject()
        writer.endArray()
      } else {
        writer.raw(content.span)
      }
    }
    writer.endObject()
    return (id, writer.finish())
  }

  /// The text of a kept side, a JSON string; `nil` if it is not items.
  public static func text(_ kept: Span<UInt8>) -> [UInt8]? {
    guard kept.hasPrefix("{"), let items = (try? JSONDocument(kept.copied))?.root.keptItems else {
      return nil
    }
    var text = [UInt8]("\"")
    for item in items.elements where item["role"] != nil {
      guard let content = item["content"] else { continue }
      if content.kind == .string { text.append(copying: content.inside) }
      for part in content.elements { text += (part["text"] ?? part["refusal"]).insideOfString }
    }
    text.append("\"")
    return text
  }
}

extension JSONValue {
  /// The items of a kept side.
  var keptItems: JSONValue? { self["input"] ?? self["output"] }
}
