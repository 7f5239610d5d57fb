import Backends
import Bytes
import Configuration
import HTTPClient
import HTTPServer
import JSON
import Protocols

/// The request that an integration's backend would be sent, secrets masked.
struct IntegrationPreview {
  let integration: Integration
  /// The integration and its bot as the file has them, which tells what may be secret.
  let resource: Resource?
  let bot: Resource?
  let version: StaticString

  /// The response: method, URL, header fields and body of a request with this message, a JSON string.
  func response(to message: [UInt8], conversation: [UInt8]) throws(APIError) -> Response {
    guard let upstream = integration.upstream else {
      throw APIError(
        .noRequest, "An echo integration answers by itself: nothing is sent.")
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
      for header in settings.headers {
        writer.name(header.name.span)
        writer.string(IntegrationPreview.mask)
      }
      for field in ownFields(conversation) where !settings.setsField(field.name) {
        let value = field.value
        writer.member(field.name, string: value.span)
      }
      writer.endObject()
      writer.member("body", raw: body.span)
      writer.endObject()
    }
  }

  private func body(_ message: [UInt8], _ conversation: [UInt8]) throws(APIError) -> [UInt8] {
    do throws(TranslationFault) {
      var encoder = RequestEncoder(
        shownProfile, conversationID: conversation, user: nil, metadata: nil,
        streams: integration.streams(toStreamingClient: false))
      try encoder.append(.user, content: message.span)
      return try encoder.finish().bytes
    } catch {
      throw APIError(.invalidParameter, error.message)
    }
  }

  /// What goes into each body, without what comes from the environment or a file by `${…}`.
  private var shownProfile: RequestProfile {
    let mask = [UInt8](IntegrationPreview.mask)
    let profile = integration.profile!
    let parameters = profile.parameters.map { parameter in
      guard resource?.isDerived([UInt8]("param.") + parameter.name) != false,
        let hidden = try? JSONDocument([UInt8]("\"****\""))
      else { return parameter }
      return RequestParameter(name: parameter.name, value: hidden.root)
    }
    return RequestProfile(
      dialect: profile.dialect, model: isDerived("model", in: resource) ? mask : profile.model,
      maxTokens: profile.maxTokens, parameters: parameters, botID: profile.botID,
      botName: isDerived("name", in: bot) ? mask : profile.botName,
      system: isDerived("system", in: bot) ? mask : profile.system)
  }

  private static let mask: StaticString = "****"

  private func isDerived(_ key: StaticString, in resource: Resource?) -> Bool {
    resource?.isDerived([UInt8](key)) ?? true
  }

  /// Postern's own fields, but for that of the user's platform.
  private func ownFields(_ conversation: [UInt8]) -> [(name: StaticString, value: [UInt8])] {
    var fields: [(name: StaticString, value: [UInt8])] = []
    if let dialect = integration.dialect {
      for field in dialect.defaultFields { fields.append((field.name, [UInt8](field.value))) }
    }
    fields.append(("User-Agent", [UInt8]("Postern/") + [UInt8](version)))
    fields.append(("X-Bot-Id", integration.settings.bot))
    fields.append(("X-Integration-Id", integration.settings.id))
    fields.append(("X-Conversation-Id", conversation))
    fields.append(("X-Request-Id", [UInt8]("req_…")))
    return fields
  }

  /// A URL's query may have a key in it.
  private func shownURL(_ url: [UInt8]) -> [UInt8] {
    if isDerived("webhook_url", in: resource) { return [UInt8](IntegrationPreview.mask) }
    guard let query = url.firstIndex(of: UInt8(ascii: "?")) else { return url }
    return url[..<query] + [UInt8]("?****")
  }
}
