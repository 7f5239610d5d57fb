import Bytes
import Protocols
import JSON

/// libFuzzer calls this with each input, taken as a backend's answer, and as a client's message or
/// an earlier reply; a failed precondition is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  _ = BackendError(bytes)
  for dialect in Dialect.allCases {
    do throws(ReplyFault) {
      check(try dialect.decode(bytes), of: dialect)
    } catch {
      precondition(!error.message.bytes.isEmpty)
    }
  }
  if let content = try? JSONDocument(bytes).root { checkEncoding(content) }
  return 0
}

/// The result of a reply is valid JSON of the right kind, and its metadata has each name once. A
/// custom backend's metadata may be its own, unchanged.
private func check(_ reply: Reply, of dialect: Dialect) {
  guard let content = try? JSONDocument(reply.content).root,
    let attachments = try? JSONDocument(reply.attachments).root,
    let metadata = try? JSONDocument(reply.metadata).root
  else { preconditionFailure("a reply is JSON") }
  precondition(MessageContent.fault(in: content) == nil)
  precondition(attachments.kind == .array && metadata.kind == .object)
  if dialect != .custom { checkNames(metadata) }
  checkEncoding(content)
}

/// Sound content can be sent, or there is a reason. A request has each name once.
private func checkEncoding(_ content: JSONValue) {
  if let fault = MessageContent.fault(in: content) {
    precondition(!fault.message.bytes.isEmpty)
    return
  }
  for dialect in Dialect.allCases {
    let profile = RequestProfile(
      dialect: dialect, model: [UInt8]("m"),
      parameters: [RequestParameter(name: [UInt8]("metadata"), value: content)],
      botID: [UInt8]("b"), botName: Array(content.raw), system: Array(content.raw))
    var encoder = RequestEncoder(
      profile, conversationID: [UInt8]("c"), user: content, metadata: content)
    do throws(TranslationFault) {
      try encoder.append(.user, content: content.span)
      try encoder.append(.assistant, content: content.span)
      try encoder.append(.user, content: content.span)
      let request = try encoder.finish().bytes
      guard let body = try? JSONDocument(request).root else {
        preconditionFailure("a request is JSON")
      }
      checkNames(body)
    } catch {
      let isTranslated = dialect == .anthropic || dialect == .responses
      precondition(isTranslated && error != .malformedContent)
      precondition(!error.message.bytes.isEmpty)
    }
  }
}

private func checkNames(_ object: JSONValue) {
  let names = object.members.map { $0.name.string ?? [] }
  precondition(Set(names).count == names.count, "each name stands once")
}
