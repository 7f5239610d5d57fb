import Bytes
import Configuration
import Cryptography
import HTTPServer

/// Who may ask for what; section 3 of the contract.
struct AccessControl {
  private let keys: [APIKeySettings]

  init(keys: [APIKeySettings]) {
    self.keys = keys
  }

  /// The first value of a request's header field, trimmed; `nil` where it has none of that name.
  typealias Fields = (_ name: StaticString) -> [UInt8]?

  /// Why a request from `peer` with these fields may not do what needs `scope` (`nil`: what every key allows, and
  /// none is asked for), on `bot` if it is about one; `nil` if it may.
  func refusal(
    of peer: Peer, fields: Fields, scope: Scopes?, bot: [UInt8]?
  ) -> APIError? {
    if keys.isEmpty { return refusalWithoutKeys(of: peer, fields) }
    guard let scope else { return nil }
    guard let presented = presentedKey(fields), let key = find(presented) else {
      var error = APIError(
        401, .authentication, "invalid_key",
        "A valid key is needed, as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.")
      error.fields.append(("WWW-Authenticate", [UInt8]("Bearer")))
      return error
    }
    guard key.scopes.isSuperset(of: scope) else {
      return APIError(403, .permission, "insufficient_scope", "The key's scopes do not allow this.")
    }
    if let bot, !key.bots.isEmpty, !key.bots.contains(bot) {
      return APIError(403, .permission, "insufficient_scope", "The key is not for this bot.")
    }
    return nil
  }

  /// Without keys only this machine is served, and neither a web page that rebinds a name of its own to the
  /// loopback address (its `Host` tells) nor the world behind a proxy on this machine (its fields tell).
  private func refusalWithoutKeys(of peer: Peer, _ fields: Fields) -> APIError? {
    let isForwarded = fields("Forwarded") != nil || fields("X-Forwarded-For") != nil
    if peer.isLocal, !isForwarded, isLoopback(host: fields("Host")) { return nil }
    return APIError(
      403, .permission, "keys_required",
      "Only this machine is served, by a loopback name, until the configuration has a [key …].")
  }

  private func isLoopback(host field: [UInt8]?) -> Bool {
    // Only HTTP/1.0 may leave Host out, which no browser speaks.
    guard let field else { return true }
    var host = field.span
    if host.hasPrefix("["), let end = host.firstIndex(of: UInt8(ascii: "]")) {
      host = host.extracting(1..<end)
    } else if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
      host = host.extracting(0..<colon)
    }
    return host.equalsIgnoringCase("localhost") || IPAddress(text: host)?.isLoopback == true
  }

  /// The key that a client shows; RFC 6750 section 2.1, or Anthropic's field.
  private func presentedKey(_ fields: Fields) -> [UInt8]? {
    if let authorization = fields("Authorization") {
      let value = authorization.span
      if value.count > 7, value.extracting(0..<7).equalsIgnoringCase("bearer ") {
        return value.extracting(7..<value.count).trimmingBlanks.copied
      }
    }
    return fields("x-api-key")
  }

  /// The key's settings. All keys are compared, each in constant time.
  private func find(_ presented: [UInt8]) -> APIKeySettings? {
    var found: APIKeySettings?
    for key in keys {
      let matches =
        switch key.secret {
        case .key(let secret): equalInConstantTime(presented, secret)
        case .digest(let salt, let digest):
          equalInConstantTime(SHA256.digest(salt + presented), digest)
        }
      if matches { found = key }
    }
    return found
  }
}
