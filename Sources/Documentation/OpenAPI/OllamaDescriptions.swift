/// Ollama's interface, which a setting turns on.
extension EndpointDescription {
  private static let isOptional = "404 without `[server] ollama = yes`."

  static func ollama(
    _ name: String, _ summary: String, _ request: String
  ) -> EndpointDescription {
    var description = EndpointDescription(
      name, "Ollama", summary,
      [
        Answer(
          means: "The reply; unless `stream` is `false`, an object in each line.",
          content: [
            (json, component("OllamaReply")), ("application/x-ndjson", component("OllamaReply")),
          ],
          fields: ["attempts"])
      ], errors: [404, 409, 429, 502, 504])
    description.details = """
      \(isOptional) `model` is a bot's name, or bot/integration. A stream that ends without `done` is incomplete.
      """
    description.parameters = ["idempotency_key", "conversation_field"]
    description.body = (component(request), json)
    return description
  }

  private static func answer(
    _ name: String, _ summary: String, _ schema: String
  ) -> EndpointDescription {
    var description = EndpointDescription(
      name, "Ollama", summary, [Answer(means: summary, content: [(json, schema)])], errors: [404])
    description.details = isOptional
    return description
  }

  static var listModelsAsOllama: EndpointDescription {
    answer(
      "listModelsAsOllama", "The bots and their integrations, as models.",
      #"{"type":"object","required":["models"],"properties":{"models":{"type":"array","items":\#(component("OllamaModel"))}}}"#
    )
  }

  static var listLoadedAsOllama: EndpointDescription {
    answer(
      "listLoadedAsOllama", "The models that are loaded: none.",
      #"{"type":"object","required":["models"],"properties":{"models":{"type":"array","maxItems":0}}}"#
    )
  }

  static var showModelAsOllama: EndpointDescription {
    var description = answer(
      "showModelAsOllama", "A bot or an integration, as a model.",
      #"""
      {"type":"object","required":["details","model_info","capabilities","modified_at"],"properties":{\#
      "license":{"const":""},"modelfile":{"const":""},"parameters":{"const":""},"template":{"const":""},\#
      "details":\#(component("OllamaDetails")),"model_info":{"type":"object","additionalProperties":{"type":"string"}},\#
      "capabilities":{"type":"array","items":{"type":"string"}},"modified_at":{"type":"string","format":"date-time"}}}
      """#)
    description.body = (
      #"{"type":"object","anyOf":[{"required":["model"],"properties":{"model":{"type":"string"}}},{"required":["name"],"properties":{"name":{"type":"string"}}}]}"#,
      json
    )
    return description
  }

  static var versionAsOllama: EndpointDescription {
    answer(
      "versionAsOllama", "The version of Ollama's interface.",
      #"{"type":"object","required":["version"],"properties":{"version":{"type":"string"}}}"#)
  }
}
