public import Bytes
import JSON

/// An error as OpenAI's and Anthropic's clients understand it.
public struct FaceError: Sendable {
  /// The class of error in Postern's words, such as `invalid_request_error` or `backend_error`.
  public var type: StaticString

  /// What exactly, for programs.
  public var code: StaticString

  /// What exactly, for people.
  public var message: Text

  /// The field of the request that is at fault.
  public var parameter: [UInt8]?

  /// An error from its parts.
  public init(type: StaticString, code: StaticString, message: Text, parameter: [UInt8]? = nil) {
    self.type = type
    self.code = code
    self.message = message
    self.parameter = parameter
  }

  /// The body of an error response in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`.
  public var openAIBody: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("error")
    writer.beginObject()
    writer.member("message", string: message.bytes.span)
    writer.member("type", string: type)
    if let parameter {
      writer.member("param", string: parameter.span)
    } else {
      writer.name("param")
      writer.null()
    }
    writer.member("code", string: code)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  /// The body of an error response in Anthropic's shape: `{"type": "error", "error": {"type", "message", "code",
  /// "param"?}}`, the type one of Anthropic's. Code and parameter, which Anthropic does not have, tell what is at
  /// fault.
  public var anthropicBody: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: "error")
    writer.name("error")
    writer.beginObject()
    writer.member("type", string: anthropicType)
    writer.member("message", string: message.bytes.span)
    writer.member("code", string: code)
    if let parameter { writer.member("param", string: parameter.span) }
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }

  private var anthropicType: StaticString {
    let (type, code) = ([UInt8](type), [UInt8](code))
    if code.span.equals("body_too_large") { return "request_too_large" }
    if type.span.equals("backend_error") || type.span.equals("server_error") { return "api_error" }
    if type.span.equals("conflict_error") { return "invalid_request_error" }
    return self.type
  }
}
