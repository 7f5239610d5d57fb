import API
import Bytes
import Configuration

/// The components that the operations of ``OpenAPIDocument`` refer to.
enum OpenAPIComponents {
  /// The members of `components`.
  static var text: String {
    """
    "securitySchemes":{
    "bearer":{"type":"http","scheme":"bearer"},
    "key":{"type":"apiKey","in":"header","name":"x-api-key"},
    "azure_key":{"type":"apiKey","in":"header","name":"api-key"}},
    "parameters":{\(members(parameters))},
    "headers":{\(members(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))},
    "responses":{\(members(statuses.map { ("\($0)", response($0)) }))},
    "schemas":{\(members(OpenAPISchemas.all))}
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
      {"name":"bot","in":"query","description":"The bot of the conversation. It may be left out if there is only one.",\
      "schema":{\(ResourceSchema.name)}}
      """
    ),
    (
      "user_query",
      """
      {"name":"user","in":"query","description":"Only the conversations in which this user has a turn.",\
      "schema":{"type":"string","minLength":1}}
      """
    ),
    (
      "exchange",
      """
      {"name":"exchange","in":"path","required":true,\
      "schema":{"$ref":"#/components/schemas/Identifier"}}
      """
    ),
    (
      "channel",
      #"{"name":"channel","in":"path","required":true,"schema":{\#(ResourceSchema.name)}}"#
    ),
    ("file", #"{"name":"file","in":"path","required":true,"schema":{"type":"string"}}"#),
    (
      "response",
      """
      {"name":"response","in":"path","required":true,"schema":{"type":"string","minLength":1}}
      """
    ),
    (
      "message",
      """
      {"name":"message","in":"path","required":true,\
      "schema":{"$ref":"#/components/schemas/Identifier"}}
      """
    ),
    (
      "status_filter",
      """
      {"name":"status","in":"query","description":"Only those with this status.",\
      "schema":{"enum":["queued","running","done","failed"]}}
      """
    ),
    (
      "prefer",
      """
      {"name":"Prefer","in":"header","description":"RFC 7240: `respond-async` where a message is sent, `wait=30` in seconds.",\
      "schema":{"type":"string"}}
      """
    ),
    (
      "bot_filter",
      #"{"name":"bot","in":"query","description":"Only those of this bot.","schema":{"type":"string"}}"#
    ),
    (
      "integration_filter",
      """
      {"name":"integration","in":"query","description":"Only those that this integration was asked in.",\
      "schema":{"type":"string"}}
      """
    ),
    (
      "outcome_filter",
      """
      {"name":"outcome","in":"query","description":"Only those with this outcome, or with an attempt that failed so.",\
      "schema":{"enum":\(OpenAPISchemas.quotedList(ExchangeOutcome.names))}}
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
      {"name":"If-Match","in":"header","description":"The ETag of the resource to change, or *.",\
      "schema":{"type":"string"}}
      """
    ),
    (
      "conversation_field",
      """
      {"name":"X-Conversation-Id","in":"header","description":"The conversation that the user's last message \
      continues. Without it, the messages are the context.","schema":{"$ref":"#/components/schemas/Identifier"}}
      """
    ),
    (
      "anthropic_version",
      """
      {"name":"anthropic-version","in":"header","description":"With any value, the answer is in Anthropic's form.",\
      "schema":{"type":"string"}}
      """
    ),
    (
      "item_order",
      """
      {"name":"order","in":"query","schema":{"enum":["asc","desc"],"default":"desc"}}
      """
    ),
    (
      "item_limit",
      """
      {"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,"default":20}}
      """
    ),
    (
      "item_after",
      """
      {"name":"after","in":"query","description":"The page begins after the item with this id.",\
      "schema":{"type":"string"}}
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
      #"{"description":"The attempts for a message, in order. Streams have none.","schema":{"type":"string"}}"#
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

  /// The response with a status, and the meaning of each code that it may have.
  private static func response(_ status: Int) -> String {
    var names = ["request_id"]
    switch status {
    case 401: names.append("www_authenticate")
    case 405: names.append("allow")
    case 400, 502, 504: names.append("attempts")
    case 429: names.append("retry_after")
    case 503: names += ["attempts", "retry_after"]
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
}
