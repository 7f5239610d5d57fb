import Bytes
import JSON

/// Postern's own messages, as clients speak them. Their content is in OpenAI's words.
final class NativeFace: FaceRules {
  static let shared = NativeFace()

  // They keep nothing of an answer, so that all share them.
  private let openWriter = NativeWriter(showsAttempts: true)
  private let discreetWriter = NativeWriter(showsAttempts: false)

  func user(of request: JSONValue) -> JSONValue? { request["user"]?["id"] }

  func asksForUsage(_ request: JSONValue) -> Bool { false }

  var hasSystemField: Bool { false }

  func holdsToolResults(_ content: JSONValue) -> Bool { false }

  func keptContent(_ content: JSONValue) -> JSONValue { content }

  func writer(_ terms: AnswerTerms) -> any AnswerWriter {
    terms.showsAttempts ? openWriter : discreetWriter
  }

  func body(of error: FaceError) -> [UInt8] { error.nativeBody() }
}

extension FaceError {
  /// The body of an error response: `{"error": {"type", "code", "message", "param"?}}`; `more` writes further members.
  func nativeBody(_ more: (inout JSONWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    more(&writer)
    writer.endObject()
    return writer.finish()
  }

  /// Writes the member `error`.
  func write(to writer: inout JSONWriter) {
    writer.name("error")
    writer.beginObject()
    writer.member("type", string: kind.name)
    writer.member("code", string: code)
    writer.member("message", string: message.bytes.span)
    if let parameter { writer.member("param", string: parameter.span) }
    writer.endObject()
  }
}
