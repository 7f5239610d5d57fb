import Bytes
import Configuration
import Cryptography
import HTTPServer
import Platform

/// Who may ask for what; section 3 of the contract.
struct AccessControl {
  private let keys: [APIKeySettings]

  init(keys: [APIKeySettings]) {
    self.keys = keys
  }

  /// Why a request may not do what needs `scope` (`nil`: what every key allows, and none is asked for), on
  /// `bot` if it is about one; `nil` if it may.
  func refusal(of request: Request, scope: Scopes?, bot: [UInt8]?) -> APIError? {
    if keys.isEmpty { return refusalWithoutKeys(of: request) }
    guard let scope else { return nil }
    guard let presented = presentedKey(request), let key = find(presented) else {
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
  private func refusalWithoutKeys(of request: Request) -> APIError? {
    let isForwarded = request.field("Forwarded") != nil || request.field("X-Forwarded-For") != nil
    if request.peer.isLocal, !isForwarded, isLoopback(host: request.field("Host")) { return nil }
    return APIError(
      403, .permission, "keys_required",
      "Only this machine is served, by a loopback name, until the configuration has a [key …].")
  }

  private func isLoopback(host field: [UInt8]?) -> Bool {
    // Only HTTP/1.0 may leave Host out, which no browser speaks.
    guard let field else { return true }
    var host = field.span
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let address = host.extracting(1..<end).copied
      return SocketAddress(host: address, port: 0)?.host?.isLoopback ?? false
    }
    if let colon = host.firstIndex(of: UInt8(ascii: ":")) { host = host.extracting(0..<colon) }
    if host.equalsIgnoringCase("localhost") { return true }
    return SocketAddress(host: host.copied, port: 0)?.host?.isLoopback ?? false
  }

  /// The key that a client shows; RFC 6750 section 2.1, or Anthropic's field.
  private func presentedKey(_ request: Request) -> [UInt8]? {
    if let authorization = request.field("Authorization") {
      let value = authorization.span
      if value.count > 7, value.extracting(0..<7).equalsIgnoringCase("bearer ") {
        return value.extracting(7..<value.count).trimmingBlanks.copied
      }
    }
    return request.field("x-api-key")
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
