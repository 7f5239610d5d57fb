import API

extension ErrorCode {
  /// What it means, for /openapi.json.
  var meaning: String {
    switch self {
    case .invalidRequest: "the request is not valid HTTP, or its body is not a JSON object"
    case .invalidJSON: "the body is not JSON; the message has the position"
    case .invalidParameter: "the field in `param` is missing or invalid"
    case .invalidIdempotencyKey: "the Idempotency-Key is invalid"
    case .unsupportedParameter: "no integration supports the field in `param`"
    case .contentFilter: "the backend has filtered the content; the message is the backend's"
    case .invalidKey: "the key is missing or wrong"
    case .invalidSignature: "the signature is missing, wrong or too old"
    case .insufficientScope: "the key does not allow this"
    case .keysRequired: "without configured keys only the gateway's own host is served"
    case .administratorOnly: "only an administrator can change this setting, in the file"
    case .notFound: "there is no such path"
    case .botNotFound: "no such bot"
    case .integrationNotFound: "no such integration, or none that serves chat"
    case .responseNotFound:
      "there is no such response: it was not stored, was deleted, or was overwritten"
    case .conversationNotFound: "there is no such conversation, or its turns have been overwritten"
    case .exchangeNotFound: "there is no such exchange, or newer ones have replaced it"
    case .modelNotFound: "no such bot, or bot/integration"
    case .messageNotFound: "there is no such message, or it is no longer kept"
    case .methodNotAllowed: "the path takes the methods in Allow"
    case .requestTimeout: "the request takes longer than `request_timeout`, or comes too slowly"
    case .alreadyExists: "the id is taken"
    case .implied: "the configuration file has no section for it, so it cannot be deleted"
    case .inOtherFile: "another file gives it, which only an administrator can change"
    case .inUse: "a key of the configuration is limited to this bot, or a channel leads to it"
    case .noRequest: "an echo integration sends no request, and of audio no test is sent"
    case .nothingToRetry: "the message has failed: send it again"
    case .idempotencyKeyReused: "the Idempotency-Key was used for another message"
    case .configurationInvalid:
      "the configuration file on disk is invalid; the message has FILE:LINE"
    case .preconditionFailed: "the resource has changed since"
    case .bodyTooLarge: "the body is larger than `max_body`"
    case .unsupportedMediaType: "the body is not JSON by its type"
    case .expectationFailed: "an Expect field asks for more than 100-continue"
    case .conversationBusy: "too many messages of this conversation are waiting"
    case .userRateExceeded: "the user has sent too many messages"
    case .headersTooLarge: "the header fields are larger than 16 KB"
    case .allIntegrationsFailed:
      "no integration replied; 504: the last one timed out; 503: none may be asked now"
    case .outboxFull: "no more messages can wait: the outbox is full"
    case .outboxNotWritable: "no message can wait: the outbox's file cannot be written"
    case .overloaded:
      "too many messages are being answered, connections open, or exchanges followed"
    case .stopping: "the gateway is about to stop"
    case .configurationBusy: "other processes keep changing the configuration file"
    case .configurationNotWritable: "the configuration file cannot be changed"
    case .configurationNotConfirmed: "the change applies, but storage has not confirmed it"
    case .versionNotSupported: "the version is neither HTTP/1.1 nor HTTP/1.0"
    }
  }

  /// The statuses that it goes with.
  var statuses: [Int] { self == .allIntegrationsFailed ? [502, 503, 504] : [status] }
}
