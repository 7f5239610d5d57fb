import API

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
