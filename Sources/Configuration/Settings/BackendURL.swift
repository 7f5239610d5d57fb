public import Bytes

/// The http or https URL of a backend (RFC 3986), checked so that every program that reads it sees the
/// same host in it.
public struct BackendURL: Sendable {
  /// The URL as written: printable ASCII, with neither user information nor a fragment.
  public let text: [UInt8]
  /// Whether the scheme is https.
  public let isSecure: Bool
  /// The port, as written or the scheme's own.
  public let port: UInt16
  /// Where the path begins in ``text``; its end where there is none.
  public let pathStart: Int
  /// Where the host is in ``text``, without the brackets of IPv6.
  private let hostRange: Range<Int>

  /// The host: a name or an address, without the brackets of IPv6.
  public var host: [UInt8] { text.span.extracting(hostRange).copied }

  /// The address, where the host is one.
  public var address: IPAddress? { IPAddress(text: text.span.extracting(hostRange)) }

  /// The values in its query, `b` and `d` of `?a=b&c=d`; what has no `=` is one as a whole.
  var queryValues: [[UInt8]] {
    guard let start = text.firstIndex(of: UInt8(ascii: "?")) else { return [] }
    return text[(start + 1)...].split(separator: UInt8(ascii: "&")).map { part in
      part.firstIndex(of: UInt8(ascii: "=")).map { Array(part[($0 + 1)...]) } ?? Array(part)
    }
  }

  /// Takes a URL apart. Messages never quote it: keys stand in queries, and passwords in front of hosts.
  init(_ value: WrittenValue) throws(InvalidValue) {
    text = value.bytes
    let text = value.bytes.span
    for index in text.indices where !Self.isURLCharacter(text[index]) {
      throw InvalidValue(
        "a URL consists of printable ASCII characters without blanks; any other is percent-encoded")
    }
    isSecure = text.extracting(first: 8).equalsIgnoringCase("https://")
    guard isSecure || text.extracting(first: 7).equalsIgnoringCase("http://") else {
      throw InvalidValue("a URL begins with https:// or http://")
    }
    guard text.firstIndex(of: UInt8(ascii: "#")) == nil else {
      throw InvalidValue("a fragment (from '#' on) is never sent, and has no place in this URL")
    }
    let start = isSecure ? 8 : 7
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "/"), text[end] != UInt8(ascii: "?") {
      end += 1
    }
    pathStart = end
    let authority = text.extracting(start..<end)
    guard authority.firstIndex(of: UInt8(ascii: "@")) == nil else {
      throw InvalidValue("a user or password has no place in the URL; use header.Authorization")
    }
    let split = try Self.split(authority)
    hostRange = start + split.host.lowerBound..<start + split.host.upperBound
    port = split.port ?? (isSecure ? 443 : 80)
    let address = IPAddress(text: authority.extracting(split.host))
    if authority[0] == UInt8(ascii: "[") {
      guard address?.isV6 == true else {
        throw InvalidValue("what stands in brackets is not an IPv6 address")
      }
    } else if address == nil {
      try Self.check(name: authority.extracting(split.host))
    }
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

  /// Where the host is, and the port where there is one.
  private static func split(
    _ authority: Span<UInt8>
  ) throws(InvalidValue) -> (host: Range<Int>, port: UInt16?) {
    let isBracketed = authority.hasPrefix("[")
    let close = authority.firstIndex(of: isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":"))
    if isBracketed, close == nil { throw InvalidValue("the URL's host has no ']'") }
    let start = isBracketed ? 1 : 0
    let end = close ?? authority.count
    guard end > start else { throw InvalidValue("the URL has no host") }
    let rest = isBracketed ? end + 1 : end
    if rest == authority.count { return (start..<end, nil) }
    guard authority[rest] == UInt8(ascii: ":"),
      let port = Int(decimal: authority.extracting(rest + 1..<authority.count)), 1...65535 ~= port
    else { throw InvalidValue("the URL's port is not a number from 1 to 65535") }
    return (start..<end, UInt16(port))
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
      throw InvalidValue("the URL's host looks like an IPv4 address, and is not one")
    }
  }
}
