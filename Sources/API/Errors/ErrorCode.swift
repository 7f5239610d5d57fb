package import Protocols

/// The errors of the API by their code, for programs. Each has a status and a kind. /openapi.json describes them.
package enum ErrorCode: CaseIterable {
  case invalidRequest, invalidJSON, invalidParameter, invalidIdempotencyKey, unsupportedParameter,
    contentFilter
  case invalidKey, invalidSignature
  case insufficientScope, keysRequired, administratorOnly
  case notFound, botNotFound, integrationNotFound, conversationNotFound, exchangeNotFound,
    modelNotFound, responseNotFound, messageNotFound
  case methodNotAllowed
  case requestTimeout
  case alreadyExists, implied, inOtherFile, inUse, noRequest, nothingToRetry, idempotencyKeyReused,
    configurationInvalid
  case preconditionFailed
  case bodyTooLarge
  case unsupportedMediaType
  case expectationFailed
  case conversationBusy, userRateExceeded
  case headersTooLarge
  case allIntegrationsFailed
  case outboxFull, outboxNotWritable
  case overloaded, stopping, configurationBusy, configurationNotWritable, configurationNotConfirmed
  case versionNotSupported

  /// The code as clients see it.
  package var name: StaticString { row.name }
  /// The status of its responses. Those of ``allIntegrationsFailed`` may have another one.
  package var status: Int { row.status }
  /// The kind of error that it is.
  package var kind: FaceError.Kind { row.kind }

  private var row: (status: Int, kind: FaceError.Kind, name: StaticString) {
    switch self {
    case .invalidRequest: (400, .invalidRequest, "invalid_request")
    case .invalidJSON: (400, .invalidRequest, "invalid_json")
    case .invalidParameter: (400, .invalidRequest, "invalid_parameter")
    case .invalidIdempotencyKey: (400, .invalidRequest, "invalid_idempotency_key")
    case .unsupportedParameter: (400, .invalidRequest, "unsupported_parameter")
    case .contentFilter: (400, .invalidRequest, "content_filter")
    case .invalidKey: (401, .authentication, "invalid_key")
    case .invalidSignature: (401, .authentication, "invalid_signature")
    case .insufficientScope: (403, .permission, "insufficient_scope")
    case .keysRequired: (403, .permission, "keys_required")
    case .administratorOnly: (403, .permission, "administrator_only")
    case .notFound: (404, .notFound, "not_found")
    case .botNotFound: (404, .notFound, "bot_not_found")
    case .integrationNotFound: (404, .notFound, "integration_not_found")
    case .conversationNotFound: (404, .notFound, "conversation_not_found")
    case .exchangeNotFound: (404, .notFound, "exchange_not_found")
    case .modelNotFound: (404, .notFound, "model_not_found")
    case .responseNotFound: (404, .notFound, "response_not_found")
    case .messageNotFound: (404, .notFound, "message_not_found")
    case .methodNotAllowed: (405, .invalidRequest, "method_not_allowed")
    case .requestTimeout: (408, .invalidRequest, "request_timeout")
    case .alreadyExists: (409, .conflict, "already_exists")
    case .implied: (409, .conflict, "implied")
    case .inOtherFile: (409, .conflict, "in_other_file")
    case .inUse: (409, .conflict, "in_use")
    case .noRequest: (409, .conflict, "no_request")
    case .nothingToRetry: (409, .conflict, "nothing_to_retry")
    case .idempotencyKeyReused: (409, .conflict, "idempotency_key_reused")
    case .configurationInvalid: (409, .conflict, "configuration_invalid")
    case .preconditionFailed: (412, .invalidRequest, "precondition_failed")
    case .bodyTooLarge: (413, .invalidRequest, "body_too_large")
    case .unsupportedMediaType: (415, .invalidRequest, "unsupported_media_type")
    case .expectationFailed: (417, .invalidRequest, "expectation_failed")
    case .conversationBusy: (429, .rateLimit, "conversation_busy")
    case .userRateExceeded: (429, .rateLimit, "user_rate_exceeded")
    case .headersTooLarge: (431, .invalidRequest, "headers_too_large")
    case .allIntegrationsFailed: (502, .backend, "all_integrations_failed")
    case .outboxFull: (503, .overloaded, "outbox_full")
    case .outboxNotWritable: (503, .server, "outbox_not_writable")
    case .overloaded: (503, .overloaded, "overloaded")
    case .stopping: (503, .overloaded, "stopping")
    case .configurationBusy: (503, .server, "configuration_busy")
    case .configurationNotWritable: (503, .server, "configuration_not_writable")
    case .configurationNotConfirmed: (503, .server, "configuration_not_confirmed")
    case .versionNotSupported: (505, .invalidRequest, "version_not_supported")
    }
  }
}
