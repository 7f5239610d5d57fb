/// What /openapi.json says about an endpoint, besides the method, path, scope and body rule of ``Endpoint``.
struct EndpointDescription {
  /// A response other than an error, with the component that its body is.
  struct Answer {
    var status = 200
    var means: String
    /// Media types, and the JSON Schema of each; none for no body.
    var content: [(type: String, schema: String)]
    /// Components among the header fields.
    var fields: [String] = []
  }

  /// The endpoint's name.
  let name: String
  let group: String
  let summary: String
  var details = ""
  /// Components among the parameters, but for those of the path.
  var parameters: [String] = []
  /// The JSON Schema of the body, and its media type.
  var body: (schema: String, type: String)?
  var answers: [Answer]
  /// Statuses of errors, but for those that follow from the endpoint.
  var errors: [Int] = []

  /// The description of every endpoint.
  static let all: [EndpointDescription] = [
    sendMessage,
    readMessage,
    delete("deleteMessage", "Outbox", "Gives a message up, and forgets it.", errors: []),
    list(
      "listOutbox", "Outbox", "The messages that wait, and those that are kept for a while.",
      of: "OutboxEntry", parameters: ["status_filter"]),
    EndpointDescription(
      "readOutbox", "Outbox", "One of them, with what was said.",
      [Answer(means: "All of it.", content: [(json, data(component("OutboxEntry")))])]),
    EndpointDescription(
      "retryOutbox", "Outbox", "Tries at once what waits, and again what was not delivered.",
      [Answer(means: "It is tried.", content: [(json, data(component("OutboxEntry")))])],
      errors: [409]),
    delete("deleteOutbox", "Outbox", "Gives a message up, and forgets it.", errors: []),
    postToChannel,
    list("listBots", "Bots", "The bots that the key reaches.", of: "Bot"),
    create("createBot", "Bots", "Adds a bot.", "Bot"),
    read("readBot", "Bots", "A bot.", "Bot"),
    patch("patchBot", "Bots", "Changes a bot.", "Bot"),
    delete("deleteBot", "Bots", "Deletes a bot with its integrations and conversations."),
    list("listIntegrations", "Integrations", "A bot's integrations.", of: "Integration"),
    create("createIntegration", "Integrations", "Adds an integration.", "Integration"),
    list(
      "listAllIntegrations", "Integrations", "The integrations of all bots that the key reaches.",
      of: "Integration"),
    read("readIntegration", "Integrations", "An integration.", "Integration"),
    patch("patchIntegration", "Integrations", "Changes an integration.", "Integration"),
    delete("deleteIntegration", "Integrations", "Deletes an integration."),
    testIntegration,
    previewIntegration,
    previewConfiguration,
    list(
      "listConversations", "Conversations", "A bot's conversations, the latest first.",
      of: "Conversation", parameters: ["user_query"]),
    deleteConversations,
    readConversation,
    deleteConversation,
    list(
      "listMessages", "Conversations", "A conversation's messages, the oldest first.",
      of: "StoredMessage", parameters: ["bot_query"]),
    chat("createChatCompletion", "OpenAI's", "ChatCompletion"),
    chat("createMessage", "Anthropic's", "AnthropicMessage"),
    countTokens,
    passed("createEmbeddings", "Embeddings of texts.", "PassedRequest"),
    passed("createCompletion", "The completion of a text.", "CompletionRequest"),
    passed("createModeration", "A judgement of texts.", "PassedRequest"),
    speech,
    recording("createTranscription", "What a recording says."),
    recording("createTranslation", "What a recording says, in English."),
    chat("createResponse", "the Responses'", "Response", request: "ResponseRequest"),
    EndpointDescription(
      "readResponse", "Messages", "A response that is stored.",
      [Answer(means: "The response.", content: [(json, component("Response"))])]),
    EndpointDescription(
      "deleteResponse", "Messages", "Forgets a response; the rest of its conversation stays.",
      [Answer(means: "It is gone.", content: [(json, component("DeletedResponse"))])]),
    listResponseInput,
    ollama("chatAsOllama", "The reply in Ollama's form.", "OllamaChat"),
    ollama("generateAsOllama", "The reply to a prompt, in Ollama's form.", "OllamaPrompt"),
    listModelsAsOllama,
    listLoadedAsOllama,
    showModelAsOllama,
    versionAsOllama,
    models("listModels", "The bots and their integrations, as models.", "Models"),
    models("showModel", "A bot or an integration, as a model.", "Model"),
    models("showPinnedModel", "A bot or an integration, as a model.", "Model"),
    listExchanges,
    EndpointDescription(
      "readExchange", "Exchanges", "An exchange, by its id or the one of its request.",
      [Answer(means: "The exchange.", content: [(json, data(component("Exchange")))])]),
    list(
      "listStatistics", "Integrations", "What each integration has done.",
      of: "Statistics"),
    readStatus,
    reload,
    metrics,
    health,
    readiness,
    openAPI,
    console,
    consoleFile,
  ]

  init(
    _ name: String, _ group: String, _ summary: String, _ answers: [Answer], errors: [Int] = []
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.answers = answers
    self.errors = errors
  }

  static let json = "application/json"

  /// The reference of a schema.
  static func component(_ name: String) -> String {
    ##"{"$ref":"#/components/schemas/\##(name)"}"##
  }

  /// The schema of a response that has a component as its `data`.
  static func data(_ schema: String) -> String {
    #"{"type":"object","required":["data"],"properties":{"data":\#(schema)}}"#
  }

  // MARK: Resources

  private static func list(
    _ name: String, _ group: String, _ summary: String, of item: String,
    parameters: [String] = []
  ) -> EndpointDescription {
    let schema = """
      {"type":"object","required":["data","meta"],"properties":{
      "data":{"type":"array","items":\(component(item))},"meta":\(component("Meta"))}}
      """
    var description = EndpointDescription(
      name, group, summary, [Answer(means: "A page of the list.", content: [(json, schema)])])
    description.parameters = ["page", "per_page"] + parameters
    return description
  }

  private static func read(
    _ name: String, _ group: String, _ summary: String, _ item: String
  ) -> EndpointDescription {
    let answer = Answer(
      means: summary, content: [(json, data(component(item)))], fields: ["etag"])
    return EndpointDescription(name, group, summary, [answer])
  }

  private static func create(
    _ name: String, _ group: String, _ summary: String, _ item: String
  ) -> EndpointDescription {
    let answer = Answer(
      status: 201, means: "It is in the configuration file, and applies.",
      content: [(json, data(component(item)))], fields: ["etag", "location"])
    var description = EndpointDescription(name, group, summary, [answer], errors: [409])
    // Without an id, one is made from the name.
    let schema = """
      {"allOf":[\(component(item + "Patch"))],"anyOf":[{"required":["id"]},
      {"required":["name"],"properties":{"name":{"type":"string"}}}]}
      """
    description.body = (schema, json)
    return description
  }

  private static func patch(
    _ name: String, _ group: String, _ summary: String, _ item: String
  ) -> EndpointDescription {
    let answer = Answer(
      means: "The change is in the configuration file, and applies.",
      content: [(json, data(component(item)))], fields: ["etag"])
    var description = EndpointDescription(name, group, summary, [answer], errors: [409, 412])
    description.details =
      """
      A JSON merge patch (RFC 7396): `null` resets a setting to its default. `****` leaves a secret as it is.
      """
    description.parameters = ["if_match"]
    description.body = (component(item + "Patch"), "application/merge-patch+json")
    return description
  }

  private static func delete(
    _ name: String, _ group: String, _ summary: String, errors: [Int] = [409, 412]
  ) -> EndpointDescription {
    let answer = Answer(status: 204, means: "It is gone.", content: [])
    var description = EndpointDescription(name, group, summary, [answer], errors: errors)
    if !errors.isEmpty { description.parameters = ["if_match"] }
    return description
  }

  // MARK: Integrations at work

  private static var testIntegration: EndpointDescription {
    var description = EndpointDescription(
      "testIntegration", "Integrations", "Sends a message through an integration.",
      [Answer(means: "The result.", content: [(json, data(component("TestResult")))])],
      errors: [409])
    description.body = (
      #"{"type":"object","properties":{"content":{"type":["string","null"],"minLength":1,"default":"Hello"}}}"#,
      json
    )
    return description
  }

  private static var previewIntegration: EndpointDescription {
    EndpointDescription(
      "previewIntegration", "Integrations", "The request that a backend would be sent.",
      [Answer(means: "Secrets are masked.", content: [(json, data(component("Preview")))])],
      errors: [409])
  }

  // MARK: Conversations

  private static var readConversation: EndpointDescription {
    var description = EndpointDescription(
      "readConversation", "Conversations", "A conversation.",
      [Answer(means: "What is kept.", content: [(json, data(component("Conversation")))])])
    description.parameters = ["bot_query"]
    return description
  }

  private static var deleteConversations: EndpointDescription {
    let schema = """
      {"type":"object","required":["deleted"],"properties":{"deleted":{"type":"integer","minimum":0}}}
      """
    var description = EndpointDescription(
      "deleteConversations", "Conversations", "Forgets a bot's conversations.",
      [Answer(means: "The number of conversations deleted.", content: [(json, data(schema))])])
    description.details =
      """
      All of them, or those in which one user has a turn. Their text is erased from memory and file. \
      Takes no other parameter than `user`.
      """
    description.parameters = ["user_query"]
    return description
  }

  private static var deleteConversation: EndpointDescription {
    var description = EndpointDescription(
      "deleteConversation", "Conversations", "Forgets a conversation.",
      [Answer(status: 204, means: "It is gone.", content: [])])
    description.parameters = ["bot_query"]
    return description
  }

  // MARK: Operations

  private static var readStatus: EndpointDescription {
    var description = EndpointDescription(
      "readStatus", "Operations", "How the gateway is.",
      [Answer(means: "All of it.", content: [(json, data(component("GatewayStatus")))])])
    description.details =
      "What `postern status` shows. A key that is limited to bots gets the part of these bots."
    return description
  }

  private static var reload: EndpointDescription {
    var description = EndpointDescription(
      "reload", "Operations", "Reads the configuration file again.",
      [
        Answer(
          means: "What was found; `applied` says whether the file applies.",
          content: [(json, data(component("Reload")))])
      ])
    description.details = "As SIGHUP does. An invalid file changes nothing."
    return description
  }

  private static var metrics: EndpointDescription {
    EndpointDescription(
      "metrics", "Operations", "What the process and its integrations have done.",
      [Answer(means: "Prometheus text.", content: [("text/plain", #"{"type":"string"}"#)])])
  }

  private static var listExchanges: EndpointDescription {
    var description = list(
      "listExchanges", "Exchanges", "The last exchanges, the last to end first.", of: "Exchange",
      parameters: ["bot_filter", "integration_filter", "outcome_filter"])
    description.answers[0].content.append(("text/event-stream", component("ExchangeEvent")))
    description.details =
      """
      With `Accept: text/event-stream` each exchange as it ends. A comment says how many a slow client has missed.
      """
    return description
  }

  private static var health: EndpointDescription {
    EndpointDescription(
      "health", "Operations", "Whether the process is alive.",
      [Answer(means: "It is.", content: [(json, component("Status"))])])
  }

  private static var readiness: EndpointDescription {
    EndpointDescription(
      "readiness", "Operations", "Whether messages are welcome.",
      [
        Answer(means: "They are welcome.", content: [(json, component("Status"))]),
        Answer(
          status: 503, means: "The gateway is stopping.",
          content: [(json, #"{"anyOf":[\#(component("Status")),\#(component("Error"))]}"#)]),
      ])
  }

  private static var openAPI: EndpointDescription {
    EndpointDescription(
      "openapi", "Operations", "This document.",
      [Answer(means: "OpenAPI 3.1.", content: [(json, #"{"type":"object"}"#)])])
  }
}
