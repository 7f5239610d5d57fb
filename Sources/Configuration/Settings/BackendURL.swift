public import Bytes

/// The http or https URL of a backend (RFC 3986).
///
/// It is checked so that every program that reads it finds the same host in it.
public struct BackendURL: Sendable {
  /// The URL as written: printable ASCII, with neither user information nor a fragment.
  public let text: [UInt8]
  /// Whether the scheme is https.
  public let isSecure: Bool
  /// The port, as written or the scheme's default.
  public let port: UInt16
  /// Where the path begins in ``text``; the end of the text if there is no path.
  public let pathStart: Int
  /// The host's address; `nil` for a name.
  public let address: IPAddress?
  /// Where the host is in ``text``, without the brackets of IPv6.
  private let hostRange: Range<Int>

  /// The host: a name or an address, without the brackets of IPv6.
  public var host: [UInt8] { text.span.extracting(hostRange).copied }

  /// The values in its query: `b` and `d` of `?a=b&c=d`. A part without `=` is a value as a whole.
  var queryValues: [[UInt8]] {
    guard let start = text.firstIndex(of: UInt8(ascii: "?")) else { return [] }
    return text[(start + 1)...].split(separator: UInt8(ascii: "&")).map { part in
      part.firstIndex(of: UInt8(ascii: "=")).map { Array(part[($0 + 1)...]) } ?? Array(part)
    }
  }

  /// A URL in a text; `nil` if it is invalid.
  package init?(text: [UInt8]) {
    do throws(InvalidValue) {
      try self.init(WrittenValue(bytes: text, isDerived: false))
    } catch {
      return nil
    }
  }

  /// Parses a URL. Messages never quote it, because its query and its user information may be secrets.
  init(_ value: WrittenValue) throws(InvalidValue) {
    text = value.bytes
    let text = value.bytes.span
    for index in text.indices where !Self.isURLCharacter(text[index]) {
      throw InvalidValue("the URL contains a character that must be percent-encoded")
    }
    isSecure = text.extracting(first: 8).equalsIgnoringCase("https://")
    guard isSecure || text.extracting(first: 7).equalsIgnoringCase("http://") else {
      throw InvalidValue("the URL does not begin with https:// or http://")
    }
    guard text.firstIndex(of: UInt8(ascii: "#")) == nil else {
      throw InvalidValue("the URL has a fragment, which is never sent; remove it, from '#' on")
    }
    let start = isSecure ? 8 : 7
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "/"), text[end] != UInt8(ascii: "?") {
      end += 1
    }
    pathStart = end
    let authority = try Self.authority(text.extracting(start..<end))
    hostRange = start + authority.host.lowerBound..<start + authority.host.upperBound
    port = authority.port ?? (isSecure ? 443 : 80)
    address = authority.address
    if address == nil { try Self.check(name: text.extracting(hostRange)) }
  }

  /// Whether a request without encryption stays within reach of one's own hands: on this host, in a
  /// private network, or at a name that only such a network resolves.
  public var isNearby: Bool {
    if let address { return address.isLoopback || address.isPrivate || address.isUnspecified }
    var name = text.span.extracting(hostRange)
    if name[name.count - 1] == UInt8(ascii: ".") { name = name.extracting(droppingLast: 1) }
    if name.firstIndex(of: UInt8(ascii: ".")) == nil { return true }
    return Self.isUnder(".local", name) || Self.isUnder(".lan", name)
      || Self.isUnder(".internal", name) || Self.isUnder(".home.arpa", name)
  }

  private static func isUnder(_ domain: StaticString, _ name: Span<UInt8>) -> Bool {
    name.extracting(last: domain.utf8CodeUnitCount).equalsIgnoringCase(domain)
  }
}

extension BackendURL {
  /// What may stand in a URL (RFC 3986 section 2), and nothing that libraries repair in different ways.
  private static func isURLCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: byte.isVisibleASCII
    }
  }

  /// The host and port, of which a URL may leave out the port, but not only its digits.
  private static func authority(_ text: Span<UInt8>) throws(InvalidValue) -> Authority {
    guard text.firstIndex(of: UInt8(ascii: "@")) == nil else {
      throw InvalidValue(
        "the URL contains a user or a password; remove them: a backend's key goes into header.NAME")
    }
    do throws(Authority.Fault) {
      let authority = try Authority(text)
      if authority.port == 0 || text[text.count - 1] == UInt8(ascii: ":") {
        throw Authority.Fault.invalidPort
      }
      return authority
    } catch {
      let message: StaticString =
        switch error {
        case .missingHost: "the URL has no host"
        case .unclosedBracket: "the URL's host has no ']'"
        case .invalidIPv6: "the text in brackets is not an IPv6 address"
        case .invalidName: "the URL's host is not a valid name"
        case .invalidPort: "the URL's port is not a number from 1 to 65535"
        }
      throw InvalidValue("\(message)")
    }
  }

  /// Checks a host that is not an address: labels of letters, digits, `-` and `_`. A name whose last label
  /// is a number is refused, because some libraries read `2130706433` and `0x7f.1` as IPv4 addresses.
  private static func check(name: Span<UInt8>) throws(InvalidValue) {
    let hasRoot = name[name.count - 1] == UInt8(ascii: ".")
    let end = hasRoot ? name.count - 1 : name.count
    var label = 0
    var isNumber = true
    for index in 0..<end {
      let byte = name[index]
      if byte == UInt8(ascii: "."), index > label, index + 1 < end {
        label = index + 1
        isNumber = true
        continue
      }
      guard
        byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_"), index - label < 63
      else { throw InvalidValue("the URL's host is not a valid name") }
      if !byte.isASCIIDigit { isNumber = false }
    }
    guard 1...253 ~= end else { throw InvalidValue("the URL's host is not a valid name") }
    let last = name.extracting(label..<end)
    if isNumber || last.extracting(first: 2).equalsIgnoringCase("0x") {
      throw InvalidValue(
        "the URL's host looks like an IPv4 address but is not one; write four decimal numbers")
    }
  }
}
