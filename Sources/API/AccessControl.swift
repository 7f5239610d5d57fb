import Backends
import Bytes
import Configuration
import Cryptography
import HTTPServer

/// Checks which client may use which endpoint.
struct AccessControl {
  private let keys: [APIKeySettings]

  init(keys: [APIKeySettings]) {
    self.keys = keys
  }

  /// The first value of a request's header field, trimmed; `nil` where it has none of that name.
  typealias Fields = (_ name: StaticString) -> [UInt8]?

  /// Checks a request from `peer` with these fields. Returns the settings of its key, which must allow `scope`; `nil` if
  /// there are no keys, or if the endpoint needs no key because it has no scope.
  func admit(
    _ peer: Peer, fields: Fields, scope: Scopes?
  ) throws(APIError) -> APIKeySettings? {
    if keys.isEmpty {
      if let error = refusalWithoutKeys(of: peer, fields) { throw error }
      return nil
    }
    guard let scope else { return nil }
    guard let presented = presentedKey(fields), let key = find(presented) else {
      var error = APIError(
        .invalidKey, "A valid key is needed, as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.")
      error.fields.append(("WWW-Authenticate", [UInt8]("Bearer")))
      throw error
    }
    guard key.scopes.isSuperset(of: scope) else {
      throw APIError(.insufficientScope, "The key's scopes do not allow this: use another key.")
    }
    return key
  }

  /// Without keys only this machine is served. `Host` reveals a web page that has bound a name of its own to the loopback
  /// address; other fields reveal a proxy on this machine that passes requests on.
  private func refusalWithoutKeys(of peer: Peer, _ fields: Fields) -> APIError? {
    let isForwarded = fields("Forwarded") != nil || fields("X-Forwarded-For") != nil
    if peer.isLocal, !isForwarded, isLoopback(host: fields("Host")) { return nil }
    return APIError(
      .keysRequired,
      "Without keys only this machine is served, by a loopback name: add a [key …] section to the configuration."
    )
  }

  private func isLoopback(host field: [UInt8]?) -> Bool {
    // Only HTTP/1.0 may leave Host out, and no browser speaks it.
    guard let field else { return true }
    guard let authority = try? Authority(field.span) else { return false }
    return authority.address?.isLoopback
      ?? field.span.extracting(authority.host).equalsIgnoringCase("localhost")
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

extension APIKeySettings {
  /// Whether the key reaches a bot.
  func reaches(_ bot: [UInt8]) -> Bool { bots.isEmpty || bots.contains(bot) }
}

extension BotTable {
  /// All bots, or those that a key is limited to, in file order.
  @inline(never)
  func visible(to key: APIKeySettings?) -> [Bot] {
    bots.filter { key.reaches($0.settings.id) }
  }
}

extension APIKeySettings? {
  /// Whether the key, if there is one, reaches a bot.
  func reaches(_ bot: [UInt8]) -> Bool { self?.reaches(bot) ?? true }

  /// Refuses a key that is limited to some bots.
  func checkReachesAll() throws(APIError) {
    if self?.bots.isEmpty == false {
      throw APIError(
        .insufficientScope, "The key is for some bots, and cannot add others.")
    }
  }

  /// Refuses a bot that the key, if there is one, does not reach.
  func checkReaches(_ bot: [UInt8]) throws(APIError) {
    if self?.reaches(bot) == false {
      throw APIError(.insufficientScope, "The key is not for this bot: use another key.")
    }
  }
}
