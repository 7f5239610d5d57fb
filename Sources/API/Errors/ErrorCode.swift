/// What exactly an error is, for programs: all that ``APIError`` can say. Each code has its status and kind, and is
/// described in /openapi.json.
enum ErrorCode: CaseIterable {
  case invalidRequest, invalidJSON, invalidParameter, invalidIdempotencyKey, unsupportedParameter,
    contentFilter
  case invalidKey
  case insufficientScope, keysRequired
  case notFound, botNotFound, integrationNotFound, conversationNotFound, modelNotFound
  case methodNotAllowed
  case alreadyExists, implied, inUse, noRequest, idempotencyKeyReused, configurationInvalid
  case preconditionFailed
  case bodyTooLarge
  case unsupportedMediaType
  case conversationBusy, userRateExceeded
  case headersTooLarge
  case allIntegrationsFailed
  case overloaded, stopping, configurationBusy, configurationNotWritable, configurationNotConfirmed
  case versionNotSupported

  /// The code as clients see it.
  var name: StaticString { row.name }
  /// The status that it goes with, the usual one of ``allIntegrationsFailed``.
  var status: Int { row.status }
  /// The kind of error that it is.
  var kind: APIError.Kind { row.kind }

  private var row: (status: Int, kind: APIError.Kind, name: StaticString) {
    switch self {
    case .invalidRequest: (400, .invalidRequest, "invalid_request")
    case .invalidJSON: (400, .invalidRequest, "invalid_json")
    case .invalidParameter: (400, .invalidRequest, "invalid_parameter")
    case .invalidIdempotencyKey: (400, .invalidRequest, "invalid_idempotency_key")
    case .unsupportedParameter: (400, .invalidRequest, "unsupported_parameter")
    case .contentFilter: (400, .invalidRequest, "content_filter")
    case .invalidKey: (401, .authentication, "invalid_key")
    case .insufficientScope: (403, .permission, "insufficient_scope")
    case .keysRequired: (403, .permission, "keys_required")
    case .notFound: (404, .notFound, "not_found")
    case .botNotFound: (404, .notFound, "bot_not_found")
    case .integrationNotFound: (404, .notFound, "integration_not_found")
    case .conversationNotFound: (404, .notFound, "conversation_not_found")
    case .modelNotFound: (404, .notFound, "model_not_found")
    case .methodNotAllowed: (405, .invalidRequest, "method_not_allowed")
    case .alreadyExists: (409, .conflict, "already_exists")
    case .implied: (409, .conflict, "implied")
    case .inUse: (409, .conflict, "in_use")
    case .noRequest: (409, .conflict, "no_request")
    case .idempotencyKeyReused: (409, .conflict, "idempotency_key_reused")
    case .configurationInvalid: (409, .conflict, "configuration_invalid")
    case .preconditionFailed: (412, .invalidRequest, "precondition_failed")
    case .bodyTooLarge: (413, .invalidRequest, "body_too_large")
    case .unsupportedMediaType: (415, .invalidRequest, "unsupported_media_type")
    case .conversationBusy: (429, .rateLimit, "conversation_busy")
    case .userRateExceeded: (429, .rateLimit, "user_rate_exceeded")
    case .headersTooLarge: (431, .invalidRequest, "headers_too_large")
    case .allIntegrationsFailed: (502, .backend, "all_integrations_failed")
    case .overloaded: (503, .overloaded, "overloaded")
    case .stopping: (503, .overloaded, "stopping")
    case .configurationBusy: (503, .server, "configuration_busy")
    case .configurationNotWritable: (503, .server, "configuration_not_writable")
    case .configurationNotConfirmed: (503, .server, "configuration_not_confirmed")
    case .versionNotSupported: (505, .invalidRequest, "version_not_supported")
    }
  }
}

#if !hasFeature(Embedded)
  extension ErrorCode {
    /// What it means, for /openapi.json.
    var meaning: String {
      switch self {
      case .invalidRequest: "not sound HTTP, or no JSON object"
      case .invalidJSON: "the body is not JSON; the message has the position"
      case .invalidParameter: "what `param` names is missing, or not as it must be"
      case .invalidIdempotencyKey: "an Idempotency-Key that is none"
      case .unsupportedParameter: "no integration could be sent what `param` names"
      case .contentFilter: "the backend has filtered the content; the message is its own"
      case .invalidKey: "no key, or a wrong one"
      case .insufficientScope: "the key is not for this"
      case .keysRequired: "without configured keys only the gateway's own host is served"
      case .notFound: "nothing is at this path"
      case .botNotFound: "no such bot"
      case .integrationNotFound: "no such integration"
      case .conversationNotFound: "nothing is kept of such a conversation"
      case .modelNotFound: "no such bot, or bot/integration"
      case .methodNotAllowed: "the path takes the methods in Allow"
      case .alreadyExists: "there is one of this id"
      case .implied: "it stands in no line of the configuration file, and cannot be deleted"
      case .inUse: "a key of the configuration is limited to this bot"
      case .noRequest: "an echo integration sends none"
      case .idempotencyKeyReused: "another message had this Idempotency-Key"
      case .configurationInvalid:
        "the configuration file on disk is not valid; the message has FILE:LINE"
      case .preconditionFailed: "it has been changed since"
      case .bodyTooLarge: "more than `max_body`"
      case .unsupportedMediaType: "not JSON by its type"
      case .conversationBusy: "too many messages of this conversation wait"
      case .userRateExceeded: "too many messages of this user"
      case .headersTooLarge: "more than 16 KB of header fields"
      case .allIntegrationsFailed:
        "no integration replied; 504: the last of them was too late; 503: none may be asked now"
      case .overloaded: "too many messages are being answered"
      case .stopping: "the gateway is about to stop"
      case .configurationBusy: "the configuration file is being changed all the time"
      case .configurationNotWritable: "the configuration file cannot be changed"
      case .configurationNotConfirmed: "changed and in force, but storage has not confirmed it"
      case .versionNotSupported: "neither HTTP/1.1 nor HTTP/1.0"
      }
    }

    /// The statuses that it goes with.
    var statuses: [Int] { self == .allIntegrationsFailed ? [502, 503, 504] : [status] }
  }
#endif
