import Bytes
import Exchange
import HTTPServer
import Protocols

/// An answer that says what went wrong: `{"error": {"type", "code", "message", "param"?}}`.
package struct APIError: Error {
  var status: Int
  var code: ErrorCode
  /// For people: what is wrong, then what to do. Without secrets.
  var message: Text
  /// The field of the request that is at fault.
  var parameter: [UInt8]?
  /// The name of the key that was refused, for the log.
  var caller: [UInt8]?
  /// Further fields of the response.
  var fields: [(name: StaticString, value: [UInt8])] = []

  init(
    _ code: ErrorCode, _ message: Text, status: Int? = nil, parameter: StaticString? = nil
  ) {
    self.status = status ?? code.status
    self.code = code
    self.message = message
    self.parameter = parameter.map { [UInt8]($0) }
  }

  /// 400 for a field of the request that is missing or invalid.
  static func invalid(_ parameter: StaticString, _ message: Text) -> APIError {
    APIError(.invalidParameter, message, parameter: parameter)
  }

  /// An error that passes by itself: the client may try again after `seconds`.
  static func tryAgain(
    _ code: ErrorCode, _ message: Text, afterSeconds seconds: Int
  ) -> APIError {
    APIError(code, message).retrying(afterSeconds: seconds)
  }

  /// The error with `Retry-After: seconds`; RFC 9110 section 10.2.3.
  func retrying(afterSeconds seconds: Int) -> APIError {
    var error = self
    error.fields.append(("Retry-After", [UInt8](decimal: seconds)))
    return error
  }

  /// The response in the interface of the client.
  func response(as face: Face = .native) -> Response {
    var response = Response(
      status: status, contentType: "application/json", body: face.body(of: faceError))
    response.fields = fields
    return response
  }

  /// The error as faces write it.
  var faceError: FaceError {
    FaceError(kind: code.kind, code: code.name, message: message, parameter: parameter)
  }
}

extension APIError {
  /// The error for a request that no integration could be sent.
  init(_ fault: TranslationFault) {
    self.init(.unsupportedParameter, fault.message)
    parameter = fault.field
  }
}

extension APIError {
  /// The error for a request that is invalid in its own interface, or asks for what Postern never does.
  init(malformed fault: TranslationFault) {
    self.init(.invalidParameter, fault.message)
    parameter = fault.field
  }
}

extension APIError {
  /// The error for a form that cannot be passed on.
  init(_ fault: FormFault) {
    self.init(
      fault.field == nil ? .invalidRequest : .invalidParameter, fault.message,
      parameter: fault.field)
  }
}

extension APIError {
  /// The error for a request that the server itself refuses.
  init(_ refusal: Refusal) {
    switch refusal {
    case .ambiguous(let reason):
      self.init(
        .invalidRequest, "The request is not valid HTTP: \(reason).")
    case .badTarget:
      self.init(
        .invalidRequest, "The request target is not a path with an optional query.")
    case .versionNotSupported:
      self.init(
        .versionNotSupported, "Use HTTP/1.1 or HTTP/1.0: other versions are not supported."
      )
    case .fieldsTooLarge:
      self.init(
        .headersTooLarge, "The header section exceeds 16 KB.")
    case .expectationFailed:
      self.init(
        .expectationFailed, "The Expect field asks for more than 100-continue. Leave it out.")
    case .plainHTTP:
      self.init(.invalidRequest, "This port speaks TLS. Use https:// instead of http://.")
    case .tooSlow:
      self.init(
        .requestTimeout,
        "The request took too long (request_timeout), or came too slowly (500 bytes per second).")
    case .tooManyConnections(let fromOneAddress):
      self = .tryAgain(
        .overloaded,
        fromOneAddress
          ? "Too many connections from this address (max_connections_per_ip)."
          : "Too many connections (max_connections).", afterSeconds: 1)
    case .bodyTooLarge(let limit):
      self.init(
        .bodyTooLarge, "The request body exceeds \(limit) bytes (max_body).")
    case .stopping:
      self.init(.stopping, "The gateway is stopping: try again later.")
    }
  }
}

extension APIError {
  /// The error for an exchange that the dispatcher refuses.
  init(_ refusal: ExchangeRefusal) {
    switch refusal {
    case .overloaded:
      self = .tryAgain(
        .overloaded, "Too many messages are being answered (in_flight): try again.", afterSeconds: 1
      )
    case .conversationBusy:
      self = .tryAgain(
        .conversationBusy,
        "Too many messages of this conversation wait (queue_per_conversation): try again.",
        afterSeconds: 1)
    case .userRateExceeded(let seconds):
      self = .tryAgain(
        .userRateExceeded, "This user has sent too many messages (per_user): try again later.",
        afterSeconds: seconds)
    }
  }
}
