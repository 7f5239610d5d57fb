import Bytes
import HTTPServer

/// Bots and integrations as models, in OpenAI's or Anthropic's form.
enum ModelHandlers {
  /// `GET /v1/models`
  static func list(_ call: Call) -> Admission {
    .answer(ModelTable(for: call).response(to: call.request))
  }

  /// `GET /v1/models/{bot}`: a bot; with an encoded slash, `bot%2Fintegration`, an integration.
  static func showBot(_ call: Call) throws(APIError) -> Admission {
    .answer(try ModelTable(for: call).response(to: call.request, for: call.parameter(0)))
  }

  /// `GET /v1/models/{bot}/{integration}`: an integration.
  static func showIntegration(_ call: Call) throws(APIError) -> Admission {
    let name = call.parameter(0) + [UInt8(ascii: "/")] + call.parameter(1)
    return .answer(try ModelTable(for: call).response(to: call.request, for: name))
  }
}
