/// The host and port of a URL, a Host field or an address to listen on; RFC 3986 section 3.2.
///
/// User information and commas are refused: programs read them in different ways.
public struct Authority {
  /// Why a text is not an authority.
  public enum Fault: Error {
    case missingHost
    case unclosedBracket
    /// The text in brackets is not an IPv6 address, as inet_pton(3) reads them.
    case invalidIPv6
    /// The host has a character that no name may have.
    case invalidName
    /// The port is not a number from 0 to 65535.
    case invalidPort
  }

  /// Where the host is in the text, without the brackets of IPv6. Never empty.
  public let host: Range<Int>
  /// The host as an address; `nil` for a name.
  public let address: IPAddress?
  /// The port; `nil` where the text gives none, or a colon without a number.
  public let port: UInt16?

  /// Reads `host`, `host:`, `host:port`, with IPv6 addresses in brackets. O(n).
  public init(_ text: Span<UInt8>) throws(Fault) {
    let isBracketed = text.hasPrefix("[")
    let start = isBracketed ? 1 : 0
    var end = start
    while end < text.count {
      if text[end] == UInt8(ascii: isBracketed ? "]" : ":") { break }
      if !isBracketed, !Self.isNameCharacter(text[end]) { throw .invalidName }
      end += 1
    }
    if isBracketed, end == text.count { throw .unclosedBracket }
    guard end > start else { throw .missingHost }
    host = start..<end
    address = IPAddress(text: text.extracting(host))
    if isBracketed, address?.isV6 != true { throw .invalidIPv6 }
    port = try Self.port(text.extracting((isBracketed ? end + 1 : end)..<text.count))
  }

  private static func port(_ text: Span<UInt8>) throws(Fault) -> UInt16? {
    if text.isEmpty { return nil }
    guard text[0] == UInt8(ascii: ":") else { throw .invalidPort }
    if text.count == 1 { return nil }
    guard let port = Int(decimal: text.extracting(1..<text.count)).flatMap(UInt16.init(exactly:))
    else { throw .invalidPort }
    return port
  }

  /// RFC 3986's unreserved characters, percent-encodings and sub-delims, except the comma.
  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    if byte.isASCIILetter || byte.isASCIIDigit { return true }
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: ";"), UInt8(ascii: "="):
      return true
    default: return false
    }
  }
}
