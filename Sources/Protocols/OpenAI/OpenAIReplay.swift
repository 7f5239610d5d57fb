import Bytes
import JSON

/// A whole completion as a stream of OpenAI's would have brought it: every member as it came, then the end and the usage.
///
/// Thinking, text and calls come in chunks of their own, one after the other, as clients show them.
extension Reply {
  /// The members of a message that have a chunk of their own.
  private enum Part: CaseIterable {
    case rest, thinking, content, calls

    /// The part that a member belongs to.
    init(_ member: JSONMember) {
      if member.value.isNull || member.value.isEmpty {
        self = .rest
      } else if member.name.isNameOfReasoning {
        self = .thinking
      } else if member.name.equals("content") {
        self = .content
      } else if member.name.equals("tool_calls") {
        self = .calls
      } else {
        self = .rest
      }
    }
  }

  func chunks(openai root: JSONValue) -> [ReplyDelta] {
    var deltas: [ReplyDelta] = []
    if let choice = root.firstChoice, let message = passedMessage(of: choice) {
      deltas.append(.event(type: [], firstChunk(of: root, message), .beyondText))
      let parts = Part.allCases.filter { part in
        part != .rest && message.members.contains { Part($0) == part }
      }
      // What is known of the tokens goes with the text, or with what is there instead.
      let told = parts.contains(.content) ? Part.content : parts.last
      for part in parts {
        let logprobs = part == told ? choice["logprobs"].present : nil
        let chunk = Self.chunk(of: root, message, part, logprobs: logprobs)
        deltas.append(.event(type: [], chunk, .beyondText))
      }
    }
    var end = Self.begin(root)
    let word = [UInt8](reason.openai)
    end.name("choices")
    end.beginArray()
    end.raw(
      "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"", word.span, "\"}")
    end.endArray()
    end.endObject()
    deltas.append(.event(type: [], end.finish(), .end))
    if let usage = root["usage"], usage.kind == .object {
      var last = Self.begin(root)
      last.name("choices")
      last.beginArray()
      last.endArray()
      last.member("usage", raw: usage.span)
      last.endObject()
      deltas.append(.event(type: [], last.finish(), .usage))
    }
    return deltas
  }

  /// The message as clients get it, its calls counted.
  private func passedMessage(of choice: JSONValue) -> JSONValue? {
    guard let message = choice["message"] else { return nil }
    var writer = JSONWriter(reserving: message.raw.count + 64)
    write(message: message, asDelta: true, to: &writer)
    return (try? JSONDocument(writer.finish()))?.root
  }

  /// What each chunk begins with.
  private static func begin(_ root: JSONValue) -> JSONWriter {
    var writer = JSONWriter(reserving: 256)
    writer.beginObject()
    if let id = root["id"].present { writer.member("id", raw: id.span) }
    writer.member("object", string: "chat.completion.chunk")
    for name in ["created", "model", "system_fingerprint"] as [StaticString] {
      if let value = root[name].present { writer.member(name, raw: value.span) }
    }
    return writer
  }

  private static func write(_ message: JSONValue, _ part: Part, to writer: inout JSONWriter) {
    writer.name("delta")
    writer.beginObject()
    for member in message.members where Part(member) == part {
      writer.member(member)
    }
    writer.endObject()
  }

  private static func chunk(
    of root: JSONValue, _ message: JSONValue, _ part: Part, logprobs: JSONValue?
  ) -> [UInt8] {
    var writer = begin(root)
    writer.name("choices")
    writer.beginArray()
    writer.beginObject()
    writer.member("index", integer: 0)
    write(message, part, to: &writer)
    writer.member("logprobs", orNull: logprobs)
    writer.name("finish_reason")
    writer.null()
    writer.endObject()
    writer.endArray()
    writer.endObject()
    return writer.finish()
  }

  /// The chunk with the envelope, and with what is neither thinking nor text nor a call.
  private func firstChunk(of root: JSONValue, _ message: JSONValue) -> [UInt8] {
    var writer = JSONWriter(reserving: root.raw.count + 64)
    writer.beginObject()
    for member in root.members
    where !root.lacksInCompletion(member.name) && !member.name.equals("usage") {
      writer.name(raw: member.name.span)
      if member.name.equals("object") {
        writer.string("chat.completion.chunk")
      } else if member.name.equals("choices") {
        writer.beginArray()
        var index = 0
        for choice in member.value.elements {
          if index == 0 {
            Self.write(firstChoice: choice, message, to: &writer)
          } else {
            Self.write(choice: choice, index, to: &writer)
          }
          index += 1
        }
        writer.endArray()
      } else {
        writer.raw(member.value.span)
      }
    }
    writer.endObject()
    return writer.finish()
  }

  private static func write(
    firstChoice choice: JSONValue, _ message: JSONValue, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("index", integer: 0)
    write(message, .rest, to: &writer)
    for member in choice.members {
      let name = member.name
      if name.equals("index") || name.equals("message") || name.equals("logprobs")
        || name.equals("finish_reason")
      {
        continue
      }
      writer.name(raw: name.span)
      writer.raw(member.value.span)
    }
    writer.name("finish_reason")
    writer.null()
    writer.endObject()
  }

  /// Writes a further choice, its message as a delta.
  private static func write(choice: JSONValue, _ index: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    if choice["index"] == nil { writer.member("index", integer: index) }
    for member in choice.members {
      if member.name.equals("message") {
        writer.name("delta")
      } else {
        writer.name(raw: member.name.span)
      }
      writer.raw(member.value.span)
    }
    writer.endObject()
  }
}
