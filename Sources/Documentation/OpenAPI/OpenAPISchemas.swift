import API
import Backends
import Configuration
import Protocols

/// The JSON Schemas (2020-12) of ``OpenAPIComponents``. Those of answers say all that is in them.
enum OpenAPISchemas {
  /// Every schema, by its name.
  static var all: [(name: String, json: String)] {
    [
      ("Error", error), ("Attempt", attempt), ("Outcome", outcome), ("Identifier", identifier),
      ("Content", content), ("Message", message), ("Reply", reply), ("Event", event),
      ("ChatRequest", chatRequest), ("PassedRequest", passedRequest),
      ("CompletionRequest", completionRequest), ("RecordingRequest", recordingRequest),
      ("TokenCount", tokenCount),
      ("ChatCompletion", chatCompletion),
      ("AnthropicMessage", anthropicMessage), ("ResponseRequest", responseRequest),
      ("Response", response), ("DeletedResponse", deletedResponse),
      ("ResponseItems", responseItems), ("OllamaChat", ollamaChat),
      ("OllamaPrompt", ollamaPrompt), ("OllamaReply", ollamaReply),
      ("OllamaDetails", ollamaDetails), ("OllamaModel", ollamaModel),
      ("Model", model), ("Models", models),
      ("Bot", ResourceSchema.shown(.bot)), ("BotPatch", ResourceSchema.given(.bot)),
      ("Integration", ResourceSchema.shown(.integration)),
      ("IntegrationPatch", ResourceSchema.given(.integration)),
      ("TestResult", testResult), ("Preview", preview), ("Conversation", conversation),
      ("StoredMessage", storedMessage), ("Statistics", statistics), ("Counts", keptCounts),
      ("WaitingMessage", waitingMessage), ("OutboxEntry", outboxEntry),
      ("Exchange", exchange),
      ("ExchangeEvent", exchangeEvent), ("Meta", meta),
      ("Status", status), ("GatewayStatus", gatewayStatus), ("Reload", reload),
    ]
  }

  static func quotedList(_ words: [StaticString]) -> String {
    "[\(words.map { "\"\($0)\"" }.joined(separator: ","))]"
  }

  // MARK: Errors and attempts

  /// In OpenAI's form `param` is always there, and may be `null`; in Anthropic's it is of `type` `error`, and has two
  /// types of its own; in Ollama's it is the message alone.
  private static let error = """
    {"type":"object","required":["error"],"properties":{"error":{"type":["object","string"],"minLength":1,\
    "required":["type","code","message"],"properties":{"type":{"enum":\(quotedList(FaceError.Kind.allCases.map(\.name) + ["api_error", "request_too_large"]))},\
    "code":{"type":"string"},"message":{"type":"string","minLength":1},\
    "param":{"type":["string","null"],"description":"The field that is wrong."}}},\
    "type":{"const":"error","description":"In Anthropic's form."},\
    "attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}}}}
    """

  private static let attempt = """
    {"type":"object","required":["integration","outcome","duration_ms"],"properties":{\
    "integration":{\(ResourceSchema.name)},"outcome":{"$ref":"#/components/schemas/Outcome"},\
    "status":{"type":"integer","description":"The backend's."},"duration_ms":{"type":"integer","minimum":0},\
    "message":{"type":"string","description":"What to do about it."}}}
    """

  private static let outcome = #"{"enum":\#(quotedList(Outcome.allCases.map(\.name)))}"#

  // MARK: Messages

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

  /// What a model says is empty where images or audio are all of the reply.
  private static let said = #"""
    {"anyOf":[{"$ref":"#/components/schemas/Content"},{"const":"",\#
    "description":"Images or audio are all of the reply: they are in `metadata`."}]}
    """#

  private static let message = #"""
    {"type":"object","required":["content"],"properties":{"content":{"$ref":"#/components/schemas/Content"},\#
    "conversation_id":{"type":["string","null"],"pattern":"^[!-~]{1,128}$","minLength":1,"maxLength":128,\#
    "description":"Without it a new conversation begins."},\#
    "stream":{"type":["boolean","null"],"default":false},\#
    "user":{"type":["object","null"],"properties":{"id":{"type":["string","null"],"pattern":"^[!-~]{1,128}$",\#
    "minLength":1,"maxLength":128}}},\#
    "metadata":{"type":["object","null"],"description":"For the backend."}}}
    """#

  private static let reply = #"""
    {"type":"object","required":["id","conversation_id","role","content","fallback",\#
    "attachments","metadata","created_at"],"properties":{"id":{"type":"string"},\#
    "conversation_id":{"$ref":"#/components/schemas/Identifier"},"role":{"const":"assistant"},\#
    "content":\#(said),\#
    "integration":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},"name":{"type":"string"}}},\#
    "fallback":{"type":"boolean"},"attempts":{"type":"array","items":{"$ref":"#/components/schemas/Attempt"}},\#
    "attachments":{"type":"array"},"metadata":{"type":"object","description":"Everything else that the backend sent."},\#
    "created_at":{"type":"string","format":"date-time"}}}
    """#

  private static let waitingMessage = #"""
    {"type":"object","required":["id","conversation_id","status"],"properties":{"id":{"type":"string"},\#
    "conversation_id":{"$ref":"#/components/schemas/Identifier"},"status":{"enum":["queued","running","done","failed"]}},\#
    "oneOf":[{"properties":{"status":{"enum":["queued","running"]}}},\#
    {"properties":{"status":{"const":"done"}},"anyOf":[{"$ref":"#/components/schemas/Reply"},{"maxProperties":3}]},\#
    {"properties":{"status":{"const":"failed"}},"anyOf":[{"$ref":"#/components/schemas/Error"},{"maxProperties":3}]}]}
    """#

  private static let outboxEntry = #"""
    {"type":"object","required":["id","bot","conversation_id","status","created_at","receiver","delivery","tries"],\#
    "properties":{"id":{"type":"string"},"bot":{"type":"string"},\#
    "conversation_id":{"$ref":"#/components/schemas/Identifier"},"status":{"enum":["queued","running","done","failed"]},\#
    "created_at":{"type":"string","format":"date-time"},"receiver":{"type":["string","null"]},\#
    "delivery":{"enum":["none","waiting","delivered","failed"]},"tries":{"type":"integer","minimum":0},\#
    "message":{"type":["object","null"]},"result":{"type":["object","null"]}}}
    """#

  /// OpenAPI 3.1 has no words for streams: the schema is that of one event, as 3.2 has it.
  private static let event = #"""
    {"type":"object","required":["event","data"],"properties":{"data":{"type":"string",\#
    "contentMediaType":"application/json"}},"oneOf":[\#
    {"properties":{"event":{"const":"delta"},"data":{"contentSchema":{"type":"object",\#
    "anyOf":[{"required":["content"]},{"required":["reasoning"]}]}}}},\#
    {"properties":{"event":{"const":"message"},"data":{"contentSchema":{"type":"object","required":["data"],\#
    "properties":{"data":{"$ref":"#/components/schemas/Reply"}}}}}},\#
    {"properties":{"event":{"const":"error"},"data":{"contentSchema":{"$ref":"#/components/schemas/Error"}}}}]}
    """#

  // MARK: OpenAI's and Anthropic's forms

  private static let chatRequest = #"""
    {"type":"object","required":["model","messages"],"properties":{"model":{"type":"string"},\#
    "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role"],\#
    "properties":{"role":{"type":"string"}}}},"stream":{"type":["boolean","null"],"default":false}}}
    """#

  private static let passedRequest = #"""
    {"type":"object","required":["model"],"properties":{"model":{"type":"string"}}}
    """#

  private static let tokenCount =
    #"{"type":"object","required":["input_tokens"],"properties":{"input_tokens":{"type":"integer"}}}"#

  private static let completionRequest = #"""
    {"type":"object","required":["model"],"properties":{"model":{"type":"string"},\#
    "stream":{"type":["boolean","null"],"default":false}}}
    """#

  private static let recordingRequest = #"""
    {"type":"object","required":["file","model"],"properties":{"file":{"type":"string","format":"binary"},\#
    "model":{"type":"string","minLength":1},"stream":{"type":"boolean","default":false}}}
    """#

  private static let chatCompletion = #"""
    {"type":"object","required":["id","object","created","model","choices","usage"],"properties":{\#
    "id":{"type":"string"},"object":{"const":"chat.completion"},"created":{"type":"integer"},\#
    "model":{"type":"string"},"choices":{"type":"array","minItems":1,"items":{"type":"object",\#
    "required":["index","message","finish_reason"],"properties":{"index":{"type":"integer"},\#
    "message":{"type":"object","required":["role","content"],"properties":{"role":{"const":"assistant"},\#
    "content":{"type":["string","null"]},"tool_calls":{"type":"array"}}},"finish_reason":{"type":"string"}}}},\#
    "usage":{"type":"object","required":["prompt_tokens","completion_tokens","total_tokens"]}}}
    """#

  private static let anthropicMessage = #"""
    {"type":"object","required":["id","type","role","content","model","stop_reason","usage"],"properties":{\#
    "id":{"type":"string"},"type":{"const":"message"},"role":{"const":"assistant"},\#
    "content":{"type":"array","items":{"type":"object","required":["type"]}},"model":{"type":"string"},\#
    "stop_reason":{"type":"string"},"stop_sequence":{"type":["string","null"]},\#
    "usage":{"type":"object","required":["input_tokens","output_tokens"]}}}
    """#

  private static let responseRequest = #"""
    {"type":"object","required":["model","input"],"properties":{"model":{"type":"string"},\#
    "input":{"oneOf":[{"type":"string","minLength":1},{"type":"array","minItems":1,"items":{"type":"object"}}]},\#
    "instructions":{"type":["string","null"]},"background":{"enum":[false,null]},"prompt":{"type":"null"},\#
    "previous_response_id":{"type":["string","null"]},"store":{"type":["boolean","null"],"default":true},\#
    "conversation":{"oneOf":[{"$ref":"#/components/schemas/Identifier"},{"type":"object","required":["id"],\#
    "properties":{"id":{"$ref":"#/components/schemas/Identifier"}}},{"type":"null"}]},\#
    "stream":{"type":["boolean","null"],"default":false}}}
    """#

  private static let response = #"""
    {"type":"object","required":["id","object","created_at","status","model","output","usage"],"properties":{\#
    "id":{"type":"string"},"object":{"const":"response"},"created_at":{"type":"integer"},\#
    "status":{"enum":["completed","incomplete"]},"model":{"type":"string"},\#
    "output":{"type":"array","items":{"type":"object","required":["type"]}},"usage":{"type":"object"},\#
    "error":{"type":"null"},"incomplete_details":{"type":["object","null"]},"background":{"const":false},\#
    "instructions":{},"max_output_tokens":{},"metadata":{},"parallel_tool_calls":{},\#
    "previous_response_id":{"type":["string","null"]},"reasoning":{},"store":{"type":"boolean"},"temperature":{},\#
    "text":{},"tool_choice":{},"tools":{},"top_p":{},"truncation":{},"user":{},\#
    "conversation":{"type":"object","required":["id"]}}}
    """#

  private static let deletedResponse = #"""
    {"type":"object","required":["id","object","deleted"],"properties":{"id":{"type":"string"},\#
    "object":{"const":"response"},"deleted":{"const":true}}}
    """#

  private static let responseItems = #"""
    {"type":"object","required":["object","data","first_id","last_id","has_more"],"properties":{\#
    "object":{"const":"list"},"data":{"type":"array","items":{"type":"object","required":["id","type"]}},\#
    "first_id":{"type":["string","null"]},"last_id":{"type":["string","null"]},"has_more":{"type":"boolean"}}}
    """#

  private static let model = #"""
    {"type":"object","required":["id"],"properties":{"id":{"type":"string"}},"oneOf":[\#
    {"required":["object","created","owned_by"],"properties":{"object":{"const":"model"},\#
    "created":{"type":"integer"},"owned_by":{"const":"postern"}}},\#
    {"required":["type","display_name","created_at"],"properties":{"type":{"const":"model"},\#
    "display_name":{"type":"string"},"created_at":{"type":"string","format":"date-time"}}}]}
    """#

  private static let models = #"""
    {"type":"object","required":["data"],"properties":{\#
    "data":{"type":"array","items":{"$ref":"#/components/schemas/Model"}}},"oneOf":[\#
    {"required":["object"],"properties":{"object":{"const":"list"}}},\#
    {"required":["has_more","first_id","last_id"],"properties":{"has_more":{"const":false},\#
    "first_id":{"type":["string","null"]},"last_id":{"type":["string","null"]}}}]}
    """#

  // MARK: Management

  private static let testResult = #"""
    {"type":"object","required":["attempt","timings_ms"],"properties":{\#
    "attempt":{"$ref":"#/components/schemas/Attempt"},"content":{"type":["string","null"]},\#
    "reason":{"type":["string","null"],"description":"What the backend said about a failure."},\#
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
    "content":\#(said),"integration":{"type":"string"},\#
    "response":{"type":"object","description":"The items of Responses, where there is more than text."},\#
    "user":{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}},\#
    "created_at":{"type":"string","format":"date-time"}}}
    """#

  private static let meta = #"""
    {"type":"object","required":["page","per_page","total"],"properties":{"page":{"type":"integer"},\#
    "per_page":{"type":"integer"},"total":{"type":"integer","minimum":0}}}
    """#

  // MARK: Operations

  /// An object with a member of this schema for each of these names.
  private static func record(_ names: [String], _ member: String) -> String {
    let list = names.map { "\"\($0)\"" }.joined(separator: ",")
    return """
      {"type":"object","required":[\(list)],"propertyNames":{"enum":[\(list)]},"additionalProperties":\(member)}
      """
  }

  private static let count = #"{"type":"integer","minimum":0}"#

  /// What adds up: since the start, or since another time.
  private static let counts = """
    "drawn":\(count),"attempts":{"type":"object","propertyNames":{"$ref":"#/components/schemas/Outcome"},\
    "additionalProperties":\(count)},"cancelled":\(count),"hedged":\(count),\
    "fallbacks":\(record(["served", "served_for"], count)),"tokens":\(record(["input", "output"], count)),\
    "cached_tokens":\(count),"cost":\(time)
    """
  private static let countNames =
    #""drawn","attempts","cancelled","hedged","fallbacks","tokens","cached_tokens","cost""#

  private static let keptCounts = """
    {"type":"object","required":["since",\(countNames)],"properties":{\
    "since":{"type":"string","format":"date-time"},\(counts)}}
    """

  private static let statistics = """
    {"type":"object","required":["integration","bot","state","in_flight","waiting","share","latency_ms","total","day",\
    "breaker",\(countNames)],"properties":{"integration":{"type":"string"},\
    "bot":{"type":"string"},"state":{"enum":["ready","loading","down"]},"in_flight":\(count),"waiting":\(count),\
    "share":\(record(["drawn", "configured"], #"{"type":["number","null"],"minimum":0,"maximum":1}"#)),\(counts),\
    "latency_ms":\(record(["p50", "p95", "p99"], #"{"type":["integer","null"],"minimum":0}"#)),\
    "total":{"$ref":"#/components/schemas/Counts"},"day":{"$ref":"#/components/schemas/Counts"},\
    "breaker":{"type":"object","required":["state","remaining_ms"],"properties":{\
    "state":{"enum":["closed","open","probing"]},"remaining_ms":\(count)}},\
    "enabled":{"type":"boolean","description":"In /v1/status."},\
    "fallback":{"type":"boolean","description":"In /v1/status."},\
    "last_failure":{"type":["object","null"],"description":"In /v1/status.","required":["outcome","status","message","at","in_a_row"],"properties":{\
    "outcome":{"$ref":"#/components/schemas/Outcome"},"status":{"type":["integer","null"],"description":"The backend's."},\
    "message":{"type":"string","description":"What to do about it."},"at":\(moment),\
    "in_a_row":\(count)}}}}
    """

  private static let moment = #"{"type":"string","format":"date-time"}"#
  private static let lines = #"{"type":"array","items":{"type":"string"}}"#

  private static let reload = """
    {"type":"object","required":["applied","at","findings","restart_needed"],"properties":{"applied":{"type":"boolean"},\
    "at":\(moment),"findings":\(lines),"restart_needed":\(lines)}}
    """

  private static let channelTypes = ChannelSettings.Kind.words.map { "\"\($0.word)\"" }
    .joined(separator: ",")

  private static let gatewayStatus = """
    {"type":"object","required":["status","version","time","bots"],"properties":{\
    "status":{"enum":["ready","no_backend","stopping"]},"version":{"type":"string"},"time":\(moment),"pid":\(count),"started_at":\(moment),\
    "uptime_ms":\(count),"resident_bytes":\(count),"connections":\(count),"in_flight":\(count),"queued":\(count),\
    "certificate_expires_at":{"type":["string","null"],"format":"date-time"},"reasons":\(lines),\
    "last_reload":{"anyOf":[{"$ref":"#/components/schemas/Reload"},{"type":"null"}]},\
    "context":{"type":"object","required":["used_bytes","capacity_bytes","conversations","turns","file","sync"],\
    "properties":{"used_bytes":\(count),"capacity_bytes":\(count),"conversations":\(count),"turns":\(count),\
    "file":{"type":["string","null"]},"sync":{"type":"string"}}},\
    "outbox":{"type":"object","required":["queued","running","undelivered","not_delivered","finished","oldest_at",\
    "used_bytes","capacity_bytes","file","receivers"],"properties":{"queued":\(count),"running":\(count),\
    "undelivered":\(count),"not_delivered":\(count),"finished":\(count),"oldest_at":{"type":["string","null"]},\
    "used_bytes":\(count),"capacity_bytes":\(count),"file":{"type":["string","null"]},"receivers":{"type":"array",\
    "items":{"type":"object","required":["name","state","waiting","reason"],"properties":{"name":{"type":"string"},\
    "state":{"enum":["ready","failing","disabled"]},"waiting":\(count),"reason":{"type":["string","null"]}}}}}},\
    "channels":{"type":"array","items":{"type":"object","required":["id","type","bot","state","reason","last_update_at",\
    "messages","replies","ignored","restarts","strangers"],"properties":{"id":{"type":"string"},\
    "type":{"enum":[\(channelTypes)]},"bot":{"type":"string"},\
    "state":{"enum":["ready","connecting","failing","stopped"]},"reason":\(text),"last_update_at":\(text),\
    "messages":\(count),"replies":\(count),"ignored":\(count),"restarts":\(count),"strangers":{"type":"array",\
    "items":{"type":"object","required":["id","username","name","messages","last_at"],"properties":{\
    "id":{"type":"string"},"username":{"type":"string"},"name":{"type":"string"},"messages":\(count),\
    "last_at":{"type":"string","format":"date-time"}}}}}}},\
    "bots":{"type":"array","items":{"type":"object","required":["id","integrations"],"properties":{\
    "id":{\(ResourceSchema.name)},\
    "integrations":{"type":"array","items":{"$ref":"#/components/schemas/Statistics"}}}}}}}
    """

  private static let amount = #"{"type":["integer","null"],"minimum":0}"#
  private static let time = #"{"type":["number","null"],"minimum":0}"#
  private static let text = #"{"type":["string","null"]}"#

  private static let exchange = """
    {"type":"object","required":["id","request_id","bot","conversation_id","user","key","interface","streamed","started_at",\
    "duration_ms","waited_ms","first_content_ms","outcome","status","integration","fallback","turns_left_out",\
    "request_bytes","reply_bytes","tokens","cost","attempts"],"properties":{"id":{"type":"string"},\
    "request_id":{"type":"string"},"bot":{"type":"string"},"conversation_id":{"type":"string"},"user":\(text),\
    "key":\(text),"interface":{"enum":["native","openai","anthropic","responses","ollama"]},"streamed":{"type":"boolean"},\
    "started_at":{"type":"string","format":"date-time"},"duration_ms":\(count),"waited_ms":\(count),\
    "first_content_ms":\(amount),"outcome":{"type":"string","description":"`ok`, the code of the error, or `cancelled`."},\
    "status":\(amount),"integration":\(text),"fallback":{"type":"boolean"},"turns_left_out":\(count),\
    "request_bytes":\(count),"reply_bytes":\(count),"tokens":\(record(["input", "output", "cached"], amount)),"cost":\(time),\
    "attempts":{"type":"array","items":{"type":"object","required":["integration","outcome","status","started_ms",\
    "duration_ms","dns_ms","connect_ms","tls_ms","first_byte_ms","first_content_ms","request_bytes","response_bytes"],\
    "properties":{"integration":{"type":"string"},"outcome":{"anyOf":[{"$ref":"#/components/schemas/Outcome"},\
    {"const":"cancelled"}]},"status":\(amount),"message":{"type":"string"},"started_ms":\(amount),"duration_ms":\(count),\
    "dns_ms":\(time),"connect_ms":\(time),"tls_ms":\(time),"first_byte_ms":\(time),"first_content_ms":\(amount),\
    "request_bytes":\(count),"response_bytes":\(count)}}},"attempts_left_out":\(count),\
    "content":{"type":"object","required":["message","reply","cut"],"properties":{"message":{"type":"string"},\
    "reply":{"type":"string"},"cut":{"type":"boolean"}},"description":"With `[recorder] content = yes`."}}}
    """

  private static let exchangeEvent = #"""
    {"type":"object","required":["event","data"],"properties":{"event":{"const":"exchange"},"data":{"type":"string",\#
    "contentMediaType":"application/json","contentSchema":{"$ref":"#/components/schemas/Exchange"}}}}
    """#

  private static let status = #"""
    {"type":"object","required":["status"],"properties":{"status":{"enum":["ok","ready","no_backend","stopping"]},\#
    "reasons":{"type":"array","items":{"type":"string"}}}}
    """#
}
