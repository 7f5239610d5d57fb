#if !hasFeature(Embedded)
  /// What `/openapi.json` says of an endpoint beyond what ``Endpoint`` has: path, method, scope, whether there is a body.
  /// Whoever adds an endpoint describes it in ``init(of:)``; nothing builds for debugging before that.
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

    /// The name of the operation, for those who generate code.
    let id: String
    let group: String
    let summary: String
    var details = ""
    /// Components among the parameters, but for those of the path.
    var parameters: [String] = []
    /// The JSON Schema of the body, and whether it may be left out.
    var body: (schema: String, type: String, isRequired: Bool)?
    var answers: [Answer]
    /// Statuses of errors, but for those that follow from the endpoint.
    var errors: [Int] = []

    init(of endpoint: Endpoint) {
      switch endpoint.operation {
      case .sendMessage: self = .sendMessage
      case .listBots:
        self = .list("listBots", "Bots", "The bots, those that the key reaches.", of: "Bot")
      case .createBot: self = .create("createBot", "Bots", "Adds a bot.", "Bot")
      case .readBot: self = .read("readBot", "Bots", "A bot.", "Bot")
      case .patchBot: self = .patch("patchBot", "Bots", "Changes a bot.", "Bot")
      case .deleteBot: self = .delete("deleteBot", "Bots", "Deletes a bot with its integrations.")
      case .listIntegrations:
        self = .list("listIntegrations", "Integrations", "A bot's integrations.", of: "Integration")
      case .createIntegration:
        self = .create("createIntegration", "Integrations", "Adds an integration.", "Integration")
      case .readIntegration:
        self = .read("readIntegration", "Integrations", "An integration.", "Integration")
      case .patchIntegration:
        self = .patch("patchIntegration", "Integrations", "Changes an integration.", "Integration")
      case .deleteIntegration:
        self = .delete("deleteIntegration", "Integrations", "Deletes an integration.")
      case .testIntegration: self = .testIntegration
      case .previewIntegration: self = .previewIntegration
      case .listConversations:
        self = .list(
          "listConversations", "Conversations", "A bot's conversations, the latest first.",
          of: "Conversation")
      case .readConversation: self = .readConversation
      case .deleteConversation: self = .deleteConversation
      case .listMessages:
        self = .list(
          "listMessages", "Conversations", "A conversation's messages, the oldest first.",
          of: "StoredMessage")
        parameters.append("bot_query")
        errors = [400, 404]
      case .chat(.openai): self = .chat("createChatCompletion", "OpenAI", "ChatCompletion")
      case .chat(.anthropic): self = .chat("createMessage", "Anthropic", "AnthropicMessage")
      case .listModels:
        self = .models("listModels", "The bots and their integrations, as models.", "Models")
      case .showModel:
        let isBot = !"\(endpoint.path)".contains("{integration}")
        self = .models(
          isBot ? "showModel" : "showPinnedModel", "A bot or an integration, as a model.", "Model")
      case .statistics:
        self = .list(
          "listStatistics", "Integrations", "What has come of asking each integration.",
          of: "Statistics")
      case .metrics: self = .metrics
      case .health: self = .health
      case .readiness: self = .readiness
      case .openAPI: self = .openAPI
      }
    }

    private init(
      _ id: String, _ group: String, _ summary: String, _ answers: [Answer], errors: [Int] = []
    ) {
      self.id = id
      self.group = group
      self.summary = summary
      self.answers = answers
      self.errors = errors
    }

    private static let json = "application/json"

    /// The reference of a schema.
    private static func component(_ name: String) -> String {
      ##"{"$ref":"#/components/schemas/\##(name)"}"##
    }

    /// The schema of a response that has a component as its `data`.
    private static func data(_ schema: String) -> String {
      #"{"type":"object","required":["data"],"properties":{"data":\#(schema)}}"#
    }

    // MARK: Messages

    private static var sendMessage: EndpointDescription {
      var description = EndpointDescription(
        "sendMessage", "Messages", "The bot's reply to a message.",
        [
          Answer(
            means: "The reply; with `stream`, as events.",
            content: [
              (json, data(component("Reply"))),
              ("text/event-stream", component("Event")),
            ],
            fields: ["attempts"])
        ],
        errors: [409, 429, 502, 504])
      description.details =
        """
        A stream has a `delta` for each piece of the content; then a `message` with what would have been the whole \
        answer, or an `error`. A stream without `message` at its end is not whole.
        """
      description.parameters = ["idempotency_key"]
      description.body = (component("Message"), json, true)
      return description
    }

    /// The interface of others: what Postern looks at itself is described.
    private static func chat(
      _ id: String, _ whose: String, _ answer: String
    ) -> EndpointDescription {
      var description = EndpointDescription(
        id, "Messages", "The reply, as clients of \(whose)'s expect it.",
        [
          Answer(
            means: "The reply; with `stream`, as events.",
            content: [
              (json, component(answer)),
              (
                "text/event-stream",
                #"{"type":"object","required":["data"],"properties":{"data":{"type":"string"}}}"#
              ),
            ], fields: ["attempts"])
        ],
        errors: [404, 409, 429, 502, 504])
      description.details = """
        Requests, replies, events and errors are in \(whose)'s form. `model` is a bot's name, or bot/integration. Further \
        members of the request go to the backend, translated where it has another form.
        """
      description.parameters = ["idempotency_key", "conversation_field"]
      description.body = (component("ChatRequest"), json, true)
      return description
    }

    private static func models(
      _ id: String, _ summary: String, _ schema: String
    ) -> EndpointDescription {
      var description = EndpointDescription(
        id, "Messages", summary,
        [Answer(means: "In OpenAI's form.", content: [(json, component(schema))])])
      description.parameters = ["anthropic_version"]
      return description
    }

    // MARK: Resources

    private static func list(
      _ id: String, _ group: String, _ summary: String, of item: String
    ) -> EndpointDescription {
      let schema = """
        {"type":"object","required":["data","meta"],"properties":{
        "data":{"type":"array","items":\(component(item))},"meta":\(component("Meta"))}}
        """
      var description = EndpointDescription(
        id, group, summary, [Answer(means: "A page of them.", content: [(json, schema)])],
        errors: [400])
      description.parameters = ["page", "per_page"]
      return description
    }

    private static func read(
      _ id: String, _ group: String, _ summary: String, _ item: String
    ) -> EndpointDescription {
      let answer = Answer(
        means: summary, content: [(json, data(component(item)))], fields: ["etag"])
      return EndpointDescription(id, group, summary, [answer])
    }

    private static func create(
      _ id: String, _ group: String, _ summary: String, _ item: String
    ) -> EndpointDescription {
      let answer = Answer(
        status: 201, means: "It stands in the configuration file, and is in force.",
        content: [(json, data(component(item)))], fields: ["etag", "location"])
      var description = EndpointDescription(id, group, summary, [answer], errors: [409])
      // Without an id, one is made from the name.
      let schema = """
        {"allOf":[\(component(item + "Patch"))],"anyOf":[{"required":["id"]},
        {"required":["name"],"properties":{"name":{"type":"string"}}}]}
        """
      description.body = (schema, json, true)
      return description
    }

    private static func patch(
      _ id: String, _ group: String, _ summary: String, _ item: String
    ) -> EndpointDescription {
      let answer = Answer(
        means: "The change stands in the configuration file, and is in force.",
        content: [(json, data(component(item)))], fields: ["etag"])
      var description = EndpointDescription(id, group, summary, [answer], errors: [409, 412])
      description.details =
        """
        A JSON merge patch (RFC 7396): `null` takes a setting back to its default. `****` leaves a secret as it is.
        """
      description.parameters = ["if_match"]
      description.body = (component(item + "Patch"), "application/merge-patch+json", true)
      return description
    }

    private static func delete(
      _ id: String, _ group: String, _ summary: String
    ) -> EndpointDescription {
      let answer = Answer(status: 204, means: "It is gone.", content: [])
      var description = EndpointDescription(
        id, group, summary, [answer], errors: [400, 409, 412, 413])
      description.parameters = ["if_match"]
      return description
    }

    // MARK: Integrations at work

    private static var testIntegration: EndpointDescription {
      var description = EndpointDescription(
        "testIntegration", "Integrations", "Sends a message through an integration.",
        [Answer(means: "What came of it.", content: [(json, data(component("TestResult")))])],
        errors: [413, 415])
      description.body = (
        #"{"type":"object","properties":{"content":{"type":["string","null"],"minLength":1,"default":"Hello"}}}"#,
        json, false
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

    private static var deleteConversation: EndpointDescription {
      var description = EndpointDescription(
        "deleteConversation", "Conversations", "Forgets a conversation.",
        [Answer(status: 204, means: "It is gone.", content: [])], errors: [413])
      description.parameters = ["bot_query"]
      return description
    }

    // MARK: Operations

    private static var metrics: EndpointDescription {
      EndpointDescription(
        "metrics", "Operations", "What the process and its integrations have done.",
        [Answer(means: "Prometheus text.", content: [("text/plain", #"{"type":"string"}"#)])])
    }

    private static var health: EndpointDescription {
      EndpointDescription(
        "health", "Operations", "Whether the process lives.",
        [Answer(means: "It does.", content: [(json, component("Status"))])])
    }

    private static var readiness: EndpointDescription {
      EndpointDescription(
        "readiness", "Operations", "Whether messages are welcome.",
        [
          Answer(means: "They are.", content: [(json, component("Status"))]),
          Answer(
            status: 503, means: "It is stopping.",
            content: [(json, #"{"anyOf":[\#(component("Status")),\#(component("Error"))]}"#)]),
        ])
    }

    private static var openAPI: EndpointDescription {
      EndpointDescription(
        "openapi", "Operations", "This document.",
        [Answer(means: "OpenAPI 3.1.", content: [(json, #"{"type":"object"}"#)])])
    }
  }
#endif
