import Bytes

/// The URL of a proxy between Postern and a backend.
public struct ProxyURL: Sendable {
  /// The URL as written, which may have a user and a password in it.
  public let text: [UInt8]
  /// Scheme, host and port, in the type of a backend's URL; the scheme is `http` for `socks5` and `socks5h`.
  public let server: BackendURL
  /// The user and the password as written, `user:password`; empty if there are none.
  private let userInformation: [UInt8]

  private static let schemes: [StaticString] = ["http://", "https://", "socks5://", "socks5h://"]

  /// The password as written; the user where there is no password. Empty if there is neither.
  var secret: [UInt8] {
    let colon = userInformation.firstIndex(of: UInt8(ascii: ":"))
    return colon.map { Array(userInformation[($0 + 1)...]) } ?? userInformation
  }

  /// Parses a URL. Messages never quote it, because it may have a password in it.
  init(_ value: WrittenValue) throws(InvalidValue) {
    let written = value.bytes.span
    guard let scheme = Self.scheme(of: written) else {
      throw InvalidValue("the URL does not begin with http://, https://, socks5:// or socks5h://")
    }
    let start = scheme.utf8CodeUnitCount
    var hostStart = start
    for index in start..<written.count where written[index] == UInt8(ascii: "@") {
      hostStart = index + 1
    }
    let userInformation = written.extracting(start..<max(start, hostStart - 1)).copied
    try Self.check(userInformation.span)
    let hasSlash = written.count > hostStart && written[written.count - 1] == UInt8(ascii: "/")
    let authority = written.extracting(hostStart..<written.count - (hasSlash ? 1 : 0)).copied
    guard Self.hasPort(authority) else {
      throw InvalidValue("the URL has no port; write it, as in http://proxy:3128")
    }
    let isSecure = scheme.utf8CodeUnitCount == 8 && written[0].lowercasedASCII == UInt8(ascii: "h")
    let server = [UInt8](isSecure ? "https://" : "http://") + authority
    self.server = try BackendURL(WrittenValue(bytes: server, isDerived: value.isDerived))
    guard self.server.pathStart == server.count else {
      throw InvalidValue("the URL has a path or a query, which a proxy has no use for; remove it")
    }
    text = value.bytes
    self.userInformation = userInformation
  }

  private static func scheme(of text: Span<UInt8>) -> StaticString? {
    for scheme in schemes
    where text.extracting(first: scheme.utf8CodeUnitCount).equalsIgnoringCase(scheme) {
      return scheme
    }
    return nil
  }

  /// A URL as it is shown: with `****` in place of user and password.
  static func masked(_ text: [UInt8]) -> [UInt8] {
    guard let at = text.lastIndex(of: UInt8(ascii: "@")),
      let slash = text.firstIndex(of: UInt8(ascii: "/")), slash + 2 <= at
    else { return text }
    return text[..<(slash + 2)] + [UInt8](SecretMask.value) + text[at...]
  }

  private static func check(_ userInformation: Span<UInt8>) throws(InvalidValue) {
    if userInformation.equals(SecretMask.value) { throw .mask }
    for index in userInformation.indices {
      switch userInformation[index] {
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"),
        UInt8(ascii: "["),
        UInt8(ascii: "]"):
        break
      case let byte where byte.isVisibleASCII: continue
      default: break
      }
      throw InvalidValue(
        "the user or the password contains a character that must be percent-encoded, such as %40 for @"
      )
    }
  }

  private static func hasPort(_ authority: [UInt8]) -> Bool {
    guard let colon = authority.lastIndex(of: UInt8(ascii: ":")) else { return false }
    return colon >= authority.lastIndex(of: UInt8(ascii: "]")) ?? 0
  }
}
