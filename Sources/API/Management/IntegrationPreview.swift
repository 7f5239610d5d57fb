import Backends
import Bytes
import Configuration
import HTTPClient
import HTTPServer
import JSON
import Protocols

/// The request that an integration's backend would be sent, secrets masked.
///
/// The encoder, the upstream and the integration that make the real request make this one too. The encoder is given a
/// profile without secrets; the values of configured fields are masked afterwards.
struct IntegrationPreview {
  let integration: Integration
  /// The integration and its bot as the file has them, which tells what may be secret.
  let resource: Resource?
  let bot: Resource?

  /// The response: method, URL, header fields and body of a request with this message.
  func response(to message: StaticString, conversation: [UInt8]) throws(APIError) -> Response {
    guard let upstream = integration.upstream else {
      throw APIError(
        .noRequest, "An echo integration has no backend: there is no request to preview.")
    }
    let settings = integration.settings
    let body = try body(message, conversation)
    let url = shownURL(upstream.settings.url)
    return .json { writer in
      writer.name("data")
      writer.beginObject()
      writer.member("method", string: "POST")
      writer.member("url", string: url.span)
      writer.name("headers")
      writer.beginObject()
      // The configured fields come first: their values are secrets.
      for (place, line) in upstream.settings.fields.enumerated() {
        write(line.span, isSecret: place < settings.headers.count, to: &writer)
      }
      let fields = integration.fields(
        conversation: conversation, request: [UInt8]("req_…"), platform: nil)
      for line in fields.lines { write(line.span, isSecret: false, to: &writer) }
      writer.endObject()
      writer.member("body", raw: body.span)
      writer.endObject()
    }
  }

  private func body(_ message: StaticString, _ conversation: [UInt8]) throws(APIError) -> [UInt8] {
    do throws(TranslationFault) {
      var encoder = RequestEncoder(
        shownProfile, conversationID: conversation, user: nil, metadata: nil,
        streams: integration.streams(toStreamingClient: false))
      var content = JSONWriter()
      content.string(message)
      let text = content.finish()
      try encoder.append(.user, content: text.span)
      return try encoder.finish().bytes
    } catch {
      throw APIError(.invalidParameter, error.message)
    }
  }

  /// What goes into each body, without what comes from the environment or a file by `${…}`.
  private var shownProfile: RequestProfile {
    let mask = [UInt8](SecretMask.value)
    let profile = integration.profile!
    let parameters = profile.parameters.map { parameter in
      guard resource?.isDerived([UInt8]("param.") + parameter.name) != false,
        let hidden = try? JSONDocument([UInt8]("\"") + [UInt8](SecretMask.value) + [UInt8]("\""))
      else { return parameter }
      return RequestParameter(name: parameter.name, value: hidden.root)
    }
    return RequestProfile(
      dialect: profile.dialect, model: isDerived("model", in: resource) ? mask : profile.model,
      maxTokens: profile.maxTokens, parameters: parameters, botID: profile.botID,
      botName: isDerived("name", in: bot) ? mask : profile.botName,
      system: isDerived("system", in: bot) ? mask : profile.system)
  }

  private func isDerived(_ key: StaticString, in resource: Resource?) -> Bool {
    resource?.isDerived([UInt8](key)) ?? true
  }

  /// Writes a field line, `name: value` or, for an empty value, `name;`, as a member.
  private func write(_ line: Span<UInt8>, isSecret: Bool, to writer: inout JSONWriter) {
    let colon = line.firstIndex(of: UInt8(ascii: ":"))
    writer.name(line.extracting(0..<(colon ?? line.count - 1)))
    if isSecret { return writer.string(SecretMask.value) }
    writer.string(line.extracting((colon.map { $0 + 1 } ?? line.count)...).trimmingBlanks)
  }

  /// A URL's query may have a key in it.
  private func shownURL(_ url: [UInt8]) -> [UInt8] {
    if isDerived("webhook_url", in: resource) { return [UInt8](SecretMask.value) }
    guard let query = url.firstIndex(of: UInt8(ascii: "?")) else { return url }
    return url[..<query] + [UInt8](SecretMask.query)
  }
}
