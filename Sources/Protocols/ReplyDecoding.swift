import Bytes
import JSON

extension Dialect {
  /// Reads the body of a 200 response. O(n).
  ///
  /// `acceptsToolCalls`: whether there is somebody to answer calls of tools, so that a reply which only makes
  /// such calls is one.
  public func decode(
    _ body: [UInt8], acceptsToolCalls: Bool = false
  ) throws(ReplyFault) -> Reply {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      throw .invalidJSON(error, hint: ReplyHint(body: body.span, error))
    }
    let reply =
      switch self {
      case .custom: Reply(custom: root)
      case .openai: Reply(openai: root, acceptsToolCalls)
      case .anthropic: Reply(anthropic: root, acceptsToolCalls)
      }
    guard let reply else { throw .missingContent(hint: ReplyHint(root, readAs: self)) }
    return reply
  }
}

extension Reply {
  /// Postern's own format: `content`, `attachments` if that is an array, and everything else as metadata: `metadata`
  /// itself byte for byte where there is nothing else; otherwise the members of `metadata` and what stands beside it. Of
  /// one name in both places the one in `metadata` counts.
  fileprivate convenience init?(custom root: JSONValue) {
    var content: JSONValue?
    var attachments: JSONValue?
    var inner: JSONValue?
    var hasOthers = false
    for member in root.members {
      if member.name.equals("content") {
        content = member.value
      } else if member.name.equals("attachments") {
        attachments = member.value
      } else if member.name.equals("metadata") {
        inner = member.value
      } else {
        hasOthers = true
      }
    }
    guard let content, MessageContent.fault(in: content) == nil else { return nil }
    let isOddAttachments = !attachments.isAbsent(or: .array)
    let isOddMetadata = !inner.isAbsent(or: .object)
    let metadata: [UInt8]
    let usage: JSONValue?
    if hasOthers || isOddAttachments || isOddMetadata {
      var members = ReplyMetadata()
      for member in root.members where !member.name.equals("content") {
        if !isOddAttachments, member.name.equals("attachments") { continue }
        if !isOddMetadata, member.name.equals("metadata") { continue }
        members.insert(member)
      }
      if let inner { for member in inner.members { members.insert(member) } }
      metadata = members.object
      usage = members["usage"]
    } else {
      metadata = inner.present.map { $0.span.copied } ?? [UInt8]("{}")
      usage = inner?["usage"]
    }
    self.init(
      content: content.span.copied,
      attachments: attachments?.kind == .array ? attachments!.span.copied : Reply.noAttachments,
      metadata: metadata, usage: TokenUsage(usage), finishReason: nil)
  }

  /// Chat Completions: the first choice's message. The metadata is flat: what the message, the choice and the
  /// envelope hold besides; of one name in several of them the outermost counts. Further choices, which only
  /// a parameter `n` brings, stay in `choices`.
  fileprivate convenience init?(openai root: JSONValue, _ acceptsToolCalls: Bool) {
    guard let choices = root["choices"] else { return nil }
    var rest = choices.elements
    guard let choice = rest.next(), let message = choice["message"] else { return nil }
    let toolCalls = acceptsToolCalls ? Self.toolCalls(ofOpenAI: message) : []
    let content = Self.content(ofOpenAI: message)
    guard content != nil || !toolCalls.isEmpty else { return nil }
    var metadata = ReplyMetadata()
    for member in message.members
    where !member.name.equals("content") && !member.name.equals("role") {
      metadata.insert(member)
    }
    for member in choice.members where !member.name.equals("message") { metadata.insert(member) }
    for member in root.members where !member.name.equals("choices") { metadata.insert(member) }
    self.init(
      content: content.map { $0.span.copied } ?? [UInt8]("\"\""),
      metadata: metadata.object(with: "choices", rest.map { Array($0.raw) }),
      usage: TokenUsage(root["usage"]), finishReason: choice["finish_reason"]?.string,
      toolCalls: toolCalls)
  }

  private static func toolCalls(ofOpenAI message: JSONValue) -> [ToolCall] {
    var calls: [ToolCall] = []
    guard let elements = message["tool_calls"]?.elements else { return calls }
    for call in elements {
      guard let function = call["function"] else { continue }
      calls.append(
        ToolCall(
          id: call["id"].insideOfString, name: function["name"].insideOfString,
          arguments: function["arguments"].insideOfString))
    }
    return calls
  }

  /// The content; where there is none, the refusal, which is what the model has to say to the user.
  private static func content(ofOpenAI message: JSONValue) -> JSONValue? {
    if let content = message["content"], MessageContent.fault(in: content) == nil { return content }
    guard let refusal = message["refusal"], refusal.kind == .string, !refusal.isEmpty else {
      return nil
    }
    return refusal
  }

  /// Messages: the text blocks, which are one text in pieces, joined. The metadata is the rest of the message;
  /// its `content`, if any, the other blocks, and what text blocks hold besides their text (`citations`).
  fileprivate convenience init?(anthropic root: JSONValue, _ acceptsToolCalls: Bool) {
    guard let blocks = root["content"], blocks.kind == .array else { return nil }
    var content: [UInt8] = [.init(ascii: "\"")]
    var rest: [[UInt8]] = []
    var toolCalls: [ToolCall] = []
    for block in blocks.elements {
      if block.member("type", is: "text"), let text = block["text"], text.kind == .string {
        content.append(contentsOf: text.raw.dropFirst().dropLast())
        if let besides = Self.besidesText(block) { rest.append(besides) }
      } else {
        rest.append(block.span.copied)
        if acceptsToolCalls, let call = Self.toolCall(block) { toolCalls.append(call) }
      }
    }
    guard content.count > 1 || !toolCalls.isEmpty else { return nil }
    content.append(.init(ascii: "\""))
    var metadata = ReplyMetadata()
    for member in root.members where !member.name.equals("content") && !member.name.equals("role") {
      metadata.insert(member)
    }
    self.init(
      content: content, metadata: metadata.object(with: "content", rest),
      usage: TokenUsage(root["usage"]), finishReason: root["stop_reason"]?.string,
      toolCalls: toolCalls)
  }

  private static func toolCall(_ block: JSONValue) -> ToolCall? {
    guard block.member("type", is: "tool_use") else { return nil }
    let arguments = ByteBuffer(capacity: 64)
    if let input = block["input"] { arguments.append(escaping: input.span) }
    return ToolCall(
      id: block["id"].insideOfString, name: block["name"].insideOfString,
      arguments: arguments.bytes)
  }

  /// A text block without its text, if that leaves anything to tell.
  private static func besidesText(_ block: JSONValue) -> [UInt8]? {
    var besides = ReplyMetadata()
    var tells = false
    for member in block.members where !member.name.equals("text") {
      besides.insert(member)
      if !member.name.equals("type"), !member.value.isNull { tells = true }
    }
    return tells ? besides.object : nil
  }
}

extension JSONValue? {
  /// Whether there is no value, `null`, or one of this kind.
  fileprivate func isAbsent(or kind: JSONKind) -> Bool {
    self.map { $0.isNull || $0.kind == kind } ?? true
  }
}
