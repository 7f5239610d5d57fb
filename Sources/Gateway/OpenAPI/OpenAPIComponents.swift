import Configuration

#if !hasFeature(Embedded)
  /// What the operations of ``OpenAPIDocument`` refer to.
  enum OpenAPIComponents {
    /// The members of `components`.
    static var text: String {
      """
      "securitySchemes":{
      "bearer":{"type":"http","scheme":"bearer"},
      "key":{"type":"apiKey","in":"header","name":"x-api-key"}},
      "parameters":{\(members(parameters))},
      "headers":{\(members(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))},
      "responses":{\(members(statuses.map { ("\($0)", response($0)) }))},
      "schemas":{\(members(schemas))}
      """
    }

    /// A text as JSON; it has no control characters.
    static func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func members(_ list: [(name: String, json: String)]) -> String {
      list.map { "\n\"\($0.name)\":\($0.json)" }.joined(separator: ",")
    }

    // MARK: Parameters and fields

    private static let parameters: [(name: String, json: String)] = [
      ("bot", #"{"name":"bot","in":"path","required":true,"schema":{\#(ResourceSchema.name)}}"#),
      (
        "integration",
        #"{"name":"integration","in":"path","required":true,"schema":{\#(ResourceSchema.name)}}"#
      ),
      (
        "conversation",
        """
        {"name":"conversation","in":"path","required":true,\
        "schema":{"$ref":"#/components/schemas/Identifier"}}
        """
      ),
      (
        "bot_query",
        """
        {"name":"bot","in":"query","description":"Whose conversation it is; may be left out where there is one bot.",\
        "schema":{\(ResourceSchema.name)}}
        """
      ),
      (
        "page",
        """
        {"name":"page","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000000,"default":1}}
        """
      ),
      (
        "per_page",
        """
        {"name":"per_page","in":"query",\
        "schema":{"type":"integer","minimum":1,"maximum":\(Page.largest),"default":20}}
        """
      ),
      (
        "if_match",
        """
        {"name":"If-Match","in":"header","description":"The ETag of what is to be changed, or *.",\
        "schema":{"type":"string"}}
        """
      ),
      (
        "conversation_field",
        """
        {"name":"X-Conversation-Id","in":"header","description":"The conversation that the user's last message goes on \
        with; without it, the messages are the context.","schema":{"$ref":"#/components/schemas/Identifier"}}
        """
      ),
      (
        "idempotency_key",
        """
        {"name":"Idempotency-Key","in":"header",\
        "description":"The same key, bot and body within 10 minutes get the first reply again.",\
        "schema":{"type":"string","pattern":"^[!-~]([ -~]{0,253}[!-~])?$"}}
        """
      ),
    ]

    /// Header fields of responses, by the name of the component.
    static let fields: [String: (name: String, json: String)] = [
      "request_id": (
        "X-Request-Id",
        #"{"required":true,"schema":{"type":"string","pattern":"^[!-~]{1,128}$"}}"#
      ),
      "attempts": (
        "X-Postern-Attempts",
        #"{"description":"What was tried, in order; not with streams.","schema":{"type":"string"}}"#
      ),
      "etag": (
        "ETag",
        #"{"description":"For If-Match.","required":true,"schema":{"type":"string"}}"#
      ),
      "location": (
        "Location", #"{"description":"Its path.","required":true,"schema":{"type":"string"}}"#
      ),
      "retry_after": (
        "Retry-After",
        #"{"description":"Seconds.","schema":{"type":"integer","minimum":0}}"#
      ),
      "allow": ("Allow", #"{"required":true,"schema":{"type":"string"}}"#),
      "www_authenticate": (
        "WWW-Authenticate", #"{"required":true,"schema":{"const":"Bearer"}}"#
      ),
    ]

    // MARK: Errors

    /// The statuses of errors, in order.
    private static let statuses = Set(ErrorCode.allCases.flatMap(\.statuses)).sorted()

    /// The response with a status, and what the codes mean that it may have.
    private static func response(_ status: Int) -> String {
      var names = ["request_id"]
      switch status {
      case 401: names.append("www_authenticate")
      case 405: names.append("allow")
      case 429, 503: names.append("retry_after")
      default: break
      }
      let headers = names.map {
        ##""\##(fields[$0]!.name)":{"$ref":"#/components/headers/\##($0)"}"##
      }
      let codes = ErrorCode.allCases.filter { $0.statuses.contains(status) }
      let kinds = Set(codes.map { "\($0.kind.name)" }).sorted()
      let list = codes.map { #"{"const":"\#($0.name)","description":\#(quoted($0.meaning))}"# }
      return """
        {"description":"\(kinds.joined(separator: ", "))","headers":{\(headers.joined(separator: ","))},\
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error","properties":{"error":\
        {"properties":{"code":{"oneOf":[\(list.joined(separator: ","))]}}}}}}}}
        """
    }

    private static func quotedList(_ words: [StaticString]) -> String {
      "[\(words.map { "\"\($0)\"" }.joined(separator: ","))]"
    }

    // MARK: Schemas

    private static var schemas: [(name: String, json: String)] {
      [
        ("Error", error), ("Attempt", attempt), ("Identifier", identifier), ("Content", content),
        ("Message", message), ("Reply", reply),
        ("Event", event), ("ChatRequest", chatRequest), ("ChatCompletion", chatCompletion),
        ("AnthropicMessage", anthropicMessage), ("Model", model), ("Models", models),
        ("Bot", ResourceSchema.shown(.bot)), ("BotPatch", ResourceSchema.given(.bot)),
        ("Integration", ResourceSchema.shown(.integration)),
        ("IntegrationPatch", ResourceSchema.given(.integration)),
        ("TestResult", testResult), ("Preview", preview), ("Conversation", conversation),
        ("StoredMessage", storedMessage), ("Statistics", statistics), ("Meta", meta),
        ("Status", status),
      ]
    }

    /// In OpenAI's form `param` is always there, and may be `null`; in Anthropic's it is of `type` `error`, and has two
    /// types of its own.
    private static let error = """
      {"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["type","code","message"],\
      "properties":{"type":{"enum":\(quotedList(APIError.Kind.allCases.map(\.name) + ["api_error", "request_too_large"]))},\
      "code":{"type":"string"},"message":{"type":"string","minLength":1},"param":{"type":["string","null"]}}},\
      "type":{"const":"error","description":"In Anthropic's form."},\
      "attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}}}}
      """

    private static let attempt = """
      {"type":"object","required":["integration","outcome","duration_ms"],"properties":{\
      "integration":{\(ResourceSchema.name)},"outcome":{"enum":\(quotedList(Outcome.allCases.map(\.name)))},\
      "status":{"type":"integer"},"duration_ms":{"type":"integer","minimum":0},\
      "message":{"type":"string","description":"What to do about it."}}}
      """

    private static let identifier =
      #"{"type":"string","pattern":"^[!-~]{1,128}$","minLength":1,"maxLength":128}"#

    private static let content = #"""
      {"anyOf":[{"type":"string","minLength":1},{"type":"array","minItems":1,"items":{"type":"object","required":["type"],\#
      "properties":{"type":{"type":"string","minLength":1}},"anyOf":[\#
      {"required":["text"],"properties":{"type":{"const":"text"},"text":{"type":"string"}}},\#
      {"required":["image_url"],"properties":{"type":{"const":"image_url"},"image_url":{"type":"object",\#
      "required":["url"],"properties":{"url":{"type":"string","minLength":1}}}}},\#
      {"properties":{"type":{"not":{"enum":["text","image_url"]}}}}]},\#
      "contains":{"not":{"properties":{"type":{"const":"text"},"text":{"const":""}}}}}],\#
      "description":"Text, or message parts in OpenAI's form."}
      """#

    private static let message = #"""
      {"type":"object","required":["content"],"properties":{"content":{"$ref":"#/components/schemas/Content"},\#
      "conversation_id":{"type":["string","null"],"pattern":"^[!-~]{1,128}$","minLength":1,"maxLength":128,\#
      "description":"Without it a conversation begins."},\#
      "stream":{"type":["boolean","null"],"default":false},\#
      "user":{"type":["object","null"],"properties":{"id":{"type":["string","null"],"pattern":"^[!-~]{1,128}$",\#
      "minLength":1,"maxLength":128}}},\#
      "metadata":{"type":["object","null"],"description":"For the backend."}}}
      """#

    private static let reply = #"""
      {"type":"object","required":["id","conversation_id","role","content","integration","fallback","attempts",\#
      "attachments","metadata","created_at"],"properties":{"id":{"type":"string"},\#
      "conversation_id":{"$ref":"#/components/schemas/Identifier"},"role":{"const":"assistant"},\#
      "content":{"$ref":"#/components/schemas/Content"},\#
      "integration":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}}},\#
      "fallback":{"type":"boolean"},"attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}},\#
      "attachments":{"type":"array"},"metadata":{"type":"object","description":"All else that the backend sent."},\#
      "created_at":{"type":"string","format":"date-time"}}}
      """#

    /// OpenAPI 3.1 has no words for streams: the schema is that of one event, as 3.2 has it.
    private static let event = #"""
      {"type":"object","required":["event","data"],"properties":{"data":{"type":"string",\#
      "contentMediaType":"application/json"}},"oneOf":[\#
      {"properties":{"event":{"const":"delta"},"data":{"contentSchema":{"type":"object","required":["content"]}}}},\#
      {"properties":{"event":{"const":"message"},"data":{"contentSchema":{"type":"object","required":["data"],\#
      "properties":{"data":{"$ref":"#/components/schemas/Reply"}}}}}},\#
      {"properties":{"event":{"const":"error"},"data":{"contentSchema":{"$ref":"#/components/schemas/Error"}}}}]}
      """#

    private static let chatRequest = #"""
      {"type":"object","required":["model","messages"],"properties":{"model":{"type":"string"},\#
      "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role"],\#
      "properties":{"role":{"type":"string"}}}},"stream":{"type":["boolean","null"],"default":false}}}
      """#

    private static let chatCompletion = #"""
      {"type":"object","required":["id","object","created","model","choices","usage"],"properties":{\#
      "id":{"type":"string"},"object":{"const":"chat.completion"},"created":{"type":"integer"},\#
      "model":{"type":"string"},"choices":{"type":"array","items":{"type":"object","required":["index","message"]}},\#
      "usage":{"type":"object"}}}
      """#

    private static let anthropicMessage = #"""
      {"type":"object","required":["id","type","role","content","model","stop_reason","usage"],"properties":{\#
      "id":{"type":"string"},"type":{"const":"message"},"role":{"const":"assistant"},\#
      "content":{"type":"array","items":{"type":"object","required":["type"]}},"model":{"type":"string"},\#
      "stop_reason":{"type":["string","null"]},"usage":{"type":"object"}}}
      """#

    private static let model =
      #"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#

    private static let models = #"""
      {"type":"object","required":["data"],"properties":{\#
      "data":{"type":"array","items":{"$ref":"#/components/schemas/Model"}}}}
      """#

    private static let testResult = #"""
      {"type":"object","required":["attempt","timings_ms"],"properties":{\#
      "attempt":{"$ref":"#/components/schemas/Attempt"},"content":{"type":["string","null"]},\#
      "reason":{"type":["string","null"],"description":"What the backend said of a failure."},\#
      "timings_ms":{"type":"object","required":["dns","connect","tls","first_byte","total"],\#
      "additionalProperties":{"type":["number","null"]}}}}
      """#

    private static let preview = #"""
      {"type":"object","required":["method","url","headers","body"],"properties":{"method":{"const":"POST"},\#
      "url":{"type":"string"},"headers":{"type":"object","additionalProperties":{"type":"string"}},\#
      "body":{"type":"object"}}}
      """#

    private static let conversation = #"""
      {"type":"object","required":["id","bot","messages","created_at","updated_at"],"properties":{\#
      "id":{"$ref":"#/components/schemas/Identifier"},"bot":{"type":"string"},"messages":{"type":"integer"},\#
      "created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"}}}
      """#

    private static let storedMessage = #"""
      {"type":"object","required":["role","content","created_at"],"properties":{"role":{"enum":["user","assistant"]},\#
      "content":{"$ref":"#/components/schemas/Content"},"integration":{"type":"string"},\#
      "created_at":{"type":"string","format":"date-time"}}}
      """#

    private static let statistics = #"""
      {"type":"object","required":["integration","bot","drawn","attempts","cancelled","fallbacks","latency_ms","tokens",\#
      "breaker","share"],"properties":{"integration":{"type":"string"},"bot":{"type":"string"},\#
      "drawn":{"type":"integer"},"cancelled":{"type":"integer"},\#
      "attempts":{"type":"object","additionalProperties":{"type":"integer"}},\#
      "fallbacks":{"type":"object","additionalProperties":{"type":"integer"}},\#
      "latency_ms":{"type":"object","additionalProperties":{"type":["integer","null"]}},\#
      "tokens":{"type":"object","additionalProperties":{"type":"integer"}},"breaker":{"type":"object"},\#
      "share":{"type":"object","additionalProperties":{"type":["number","null"]}}}}
      """#

    private static let meta = #"""
      {"type":"object","required":["page","per_page","total"],"properties":{"page":{"type":"integer"},\#
      "per_page":{"type":"integer"},"total":{"type":"integer","minimum":0}}}
      """#

    private static let status = #"""
      {"type":"object","required":["status"],"properties":{"status":{"enum":["ok","ready","stopping"]},\#
      "reasons":{"type":"array","items":{"type":"string"}}}}
      """#
  }
#endif
