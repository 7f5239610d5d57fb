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

  /// The settings of the key that a request shows. It must allow `scope`; without a scope no key is needed. `nil` if
  /// there are no keys, or none is needed. An administrator at the control socket needs none.
  func admit(
    _ request: any AccessRequest, scope: Scopes?
  ) throws(APIError) -> APIKeySettings? {
    if request.peer == .administrator { return nil }
    if keys.isEmpty {
      if let objection = LocalAccess.objection(to: request, needsOwnSite: scope != nil) {
        throw APIError(
          .keysRequired,
          "Without keys \(objection): add a [key …] section to the configuration, and show the key."
        )
      }
      return nil
    }
    guard let scope else { return nil }
    guard let key = key(of: request) else {
      var error = APIError(
        .invalidKey, "A valid key is needed, as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.")
      error.fields.append(("WWW-Authenticate", [UInt8]("Bearer")))
      throw error
    }
    guard key.scopes.isSuperset(of: scope) else {
      throw .insufficient("The key's scopes do not allow this: use another key.", of: key)
    }
    return key
  }

  /// Whether an admitted request may read all that concerns the gateway as a whole.
  func mayReadAll(_ request: any AccessRequest) -> Bool {
    if keys.isEmpty || request.peer == .administrator { return true }
    guard let key = key(of: request) else { return false }
    return key.scopes.isSuperset(of: .read) && key.bots.isEmpty
  }

  /// The settings of the key that a request shows; `nil` if it shows none, or a wrong one.
  private func key(of request: any AccessRequest) -> APIKeySettings? {
    // Longer than any key: not worth hashing once for each digest.
    guard let presented = presentedKey(request), presented.count <= APIKeySecret.longestKey else {
      return nil
    }
    return find(presented)
  }

  /// The key that a client shows; RFC 6750 section 2.1, or the fields of Anthropic's and Azure's clients.
  private func presentedKey(_ request: any AccessRequest) -> [UInt8]? {
    if let authorization = request.field("Authorization") {
      let value = authorization.span
      if value.count > 7, value.extracting(0..<7).equalsIgnoringCase("bearer ") {
        return value.extracting(7..<value.count).trimmingBlanks.copied
      }
    }
    return request.field("x-api-key") ?? request.field("api-key")
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
  /// Whether the client may see what was tried for its message, and the names of integrations.
  var seesAttempts: Bool { self?.seesAttempts ?? true }

  /// Whether the key, if there is one, reaches a bot.
  func reaches(_ bot: [UInt8]) -> Bool { self?.reaches(bot) ?? true }

  /// Refuses a key that is limited to some bots, which cannot do `action`.
  func checkReachesAll(_ action: StaticString) throws(APIError) {
    if let self, !self.bots.isEmpty {
      throw .insufficient("The key is for some bots, and cannot \(action).", of: self)
    }
  }

  /// Refuses a bot that the key, if there is one, does not reach.
  func checkReaches(_ bot: [UInt8]) throws(APIError) {
    if let self, !self.reaches(bot) { throw .beyondReach(of: self) }
  }

  /// The error for a missing resource. To a key that is limited to bots it looks like one of another bot.
  func missing(_ error: APIError) -> APIError {
    guard let self, !self.bots.isEmpty else { return error }
    return .beyondReach(of: self)
  }
}

extension APIError {
  /// 403 for a key that does not allow what the client asks for.
  fileprivate static func insufficient(_ message: Text, of key: APIKeySettings) -> APIError {
    var error = APIError(.insufficientScope, message)
    error.caller = key.id
    return error
  }

  /// 403 for a bot that a key does not reach, or that does not exist.
  fileprivate static func beyondReach(of key: APIKeySettings) -> APIError {
    insufficient("The key is not for this bot: use another key.", of: key)
  }
}
