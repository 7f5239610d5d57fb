/// What clients ask of bots: messages in each interface, and what is passed on.
extension EndpointDescription {
  static var sendMessage: EndpointDescription {
    var description = EndpointDescription(
      "sendMessage", "Messages", "The bot's reply to a message.",
      [
        Answer(
          means: "The reply; with `stream`, as events.",
          content: [
            (json, data(component("Reply"))),
            ("text/event-stream", component("Event")),
          ],
          fields: ["attempts"]),
        Answer(
          status: 202,
          means:
            "With `Prefer: respond-async`: the message is in the outbox, and is answered without its client.",
          content: [(json, data(component("WaitingMessage")))], fields: ["location"]),
      ],
      errors: [409, 429, 502, 504])
    description.details =
      """
      With `Prefer: respond-async`, `GET` the `Location` for the reply. A stream has a `delta` for each piece of the content, \
      then a `message` with the whole answer, or an `error`. A stream that ends without `message` is incomplete.
      """
    description.parameters = ["idempotency_key", "prefer"]
    description.body = (component("Message"), json)
    return description
  }

  static var readMessage: EndpointDescription {
    var description = EndpointDescription(
      "readMessage", "Outbox", "A message that was sent with `Prefer: respond-async`.",
      [
        Answer(
          means: "Where it is; once it is done, with the reply, or with the error.",
          content: [(json, data(component("WaitingMessage")))])
      ])
    description.details =
      "With `Prefer: wait=30` the answer comes when there is a result, within 30 s."
    description.parameters = ["prefer"]
    return description
  }

  static var postToChannel: EndpointDescription {
    var description = EndpointDescription(
      "postToChannel", "Channels", "What a service posts to a channel: a signed request.",
      [
        Answer(
          means: "Slack's event is done with, or its challenge answered.",
          content: [(json, #"{"type":"object","properties":{"challenge":{"type":"string"}}}"#)]),
        Answer(
          status: 202, means: "The message of a webhook is in the outbox.",
          content: [(json, data(component("WaitingMessage")))], fields: ["location"]),
      ],
      errors: [401, 409, 429])
    description.details = """
      It needs no key, but a signature: Slack's, or one of Standard Webhooks, at most 5 minutes old. The reply to a \
      message of a webhook goes to the bot's `callback`.
      """
    description.body = (#"{"type":"object"}"#, json)
    return description
  }

  /// A vendor's interface. The document describes what Postern itself reads.
  static func chat(
    _ name: String, _ whose: String, _ answer: String, request: String = "ChatRequest"
  ) -> EndpointDescription {
    var description = EndpointDescription(
      name, "Messages", "The reply in \(whose) form.",
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
      Requests, replies, events and errors are in \(whose) form. `model` is a bot's name, or bot/integration. Other \
      members of the request are sent to the backend, translated if it needs another form.
      """
    description.parameters = ["idempotency_key", "conversation_field"]
    description.body = (component(request), json)
    return description
  }

  static var listResponseInput: EndpointDescription {
    var description = EndpointDescription(
      "listResponseInput", "Messages", "The items that a response answers, the newest first.",
      [Answer(means: "A page.", content: [(json, component("ResponseItems"))])])
    description.parameters = ["item_order", "item_limit", "item_after"]
    return description
  }

  static let countTokens: EndpointDescription = {
    var description = EndpointDescription(
      "countTokens", "Messages", "How many tokens a request has.",
      [Answer(means: "The number.", content: [(json, component("TokenCount"))])],
      errors: [404, 409, 429])
    description.details = """
      For Anthropic's clients. An `anthropic` integration of the bot counts them; without one, or if it fails, they are \
      estimated.
      """
    description.parameters = ["idempotency_key"]
    description.body = (component("ChatRequest"), json)
    return description
  }()

  /// What is passed on to a backend of OpenAI's interface. The document describes what Postern itself reads.
  static func passed(
    _ name: String, _ summary: String, _ request: String
  ) -> EndpointDescription {
    var description = EndpointDescription(
      name, "Messages", summary,
      [
        Answer(
          means: "The backend's own answer.", content: [(json, #"{"type":"object"}"#)],
          fields: ["attempts"])
      ], errors: [404, 409, 429, 502, 504])
    description.details = """
      In OpenAI's form. `model` is a bot's name, or bot/integration; the integration gives its own model, and \
      everything else is sent to it as it is. It is one that the setting `serves` allows.
      """
    description.parameters = ["idempotency_key"]
    description.body = (component(request), json)
    return description
  }

  static var speech: EndpointDescription {
    var description = passed("createSpeech", "A text, spoken.", "PassedRequest")
    description.answers = [
      Answer(
        means: "The backend's own answer, as it comes.",
        content: [
          ("audio/*", #"{"type":"string","format":"binary"}"#), ("text/event-stream", text),
        ])
    ]
    description.details += """
       The audio goes out as it comes, with the backend's Content-Type. A connection that is cut says that it failed \
      after that. An Idempotency-Key is ignored.
      """
    description.parameters = []
    return description
  }

  /// A form with a recording.
  static func recording(_ name: String, _ summary: String) -> EndpointDescription {
    var description = passed(name, summary, "RecordingRequest")
    description.answers = [
      Answer(
        means: "The backend's own answer.",
        content: [
          (json, #"{"type":["object","string"]}"#), ("text/event-stream", text), ("text/*", text),
        ],
        fields: ["attempts"])
    ]
    description.details += " `max_body` is the limit of the form."
    description.body = (component("RecordingRequest"), "multipart/form-data")
    return description
  }

  private static var text: String { #"{"type":"string"}"# }

  static func models(
    _ name: String, _ summary: String, _ schema: String
  ) -> EndpointDescription {
    var description = EndpointDescription(
      name, "Messages", summary,
      [Answer(means: "In OpenAI's form.", content: [(json, component(schema))])])
    description.parameters = ["anthropic_version"]
    return description
  }
}
