import Bytes

/// The rules for the fields of a header or trailer section, and what they say about the message's framing.
///
/// What two parsers could read differently is refused: RFC 9110 section 5, RFC 9112 sections 3.2, 5 and 6. The reasons
/// are those of RFC 9112 section 11.2.
struct FieldGate {
  /// The length of the body, if a field says it.
  private(set) var contentLength: Int?
  /// Whether the body comes in chunks.
  private(set) var isChunked = false
  /// Whether the client waits for a go-ahead before it sends the body; RFC 9110 section 10.1.1.
  private(set) var expectsContinue = false
  /// Whether the connection ends after the answer; RFC 9112 section 9.3.
  private(set) var endsConnection = false
  /// Whether a client of HTTP/1.0 asks for the connection to stay; RFC 9112 appendix C.2.2.
  private(set) var keepsConnection = false
  /// What the Host field names; `nil` without one, or if it is empty.
  private(set) var host: Authority?
  /// Why the section is refused: the first reason found.
  private(set) var refusal: Refusal?

  /// What Host must be, if the target names a host.
  private var authority: [UInt8]?
  /// The fields seen that may occur only once.
  private var seen: Single = []

  /// The fields that may occur only once because something is decided by them.
  private struct Single: OptionSet {
    let rawValue: UInt16
    static let host = Single(rawValue: 1)
    static let contentLength = Single(rawValue: 2)
    static let transferEncoding = Single(rawValue: 4)
    static let contentType = Single(rawValue: 8)
    static let authorization = Single(rawValue: 16)
    static let idempotencyKey = Single(rawValue: 32)
    static let apiKey = Single(rawValue: 64)
    static let xAPIKey = Single(rawValue: 128)
    static let expect = Single(rawValue: 256)
    /// Those that say where the message goes or how it is framed.
    static let framing: Single = [.host, .contentLength, .transferEncoding]
  }

  /// Rules for a section whose request target names the host `authority`, or no host.
  init(authority: [UInt8]? = nil) {
    self.authority = authority
  }

  /// Checks one field, in the order of the section. `value` has no blanks around it.
  mutating func check(name: Span<UInt8>, value: Span<UInt8>) {
    guard refusal == nil else { return }
    if !name.isToken {
      refusal = .ambiguous("a field name is empty or has characters that no name may have")
    } else if !FieldGate.isContent(value) {
      refusal = .ambiguous("a field value has a control character")
    } else {
      checkKnown(name, value)
    }
  }

  /// Checks a field by its name, whose length tells most names apart.
  private mutating func checkKnown(_ name: Span<UInt8>, _ value: Span<UInt8>) {
    switch name.count {
    case 4 where name.equalsIgnoringCase("host"):
      note(.host, "more than one Host field")
      host = try? Authority(value)
      if !value.isEmpty, host == nil {
        refuse("the Host field is not a host and port")
      } else if let authority, !value.equalsIgnoringCase(authority.span) {
        refuse("the target names another host than the Host field")
      }
    case 6 where name.equalsIgnoringCase("expect"):
      note(.expect, "more than one Expect field")
      expectsContinue = value.equalsIgnoringCase("100-continue")
      if !expectsContinue, refusal == nil { refusal = .expectationFailed }
    case 7 where name.equalsIgnoringCase("api-key"):
      note(.apiKey, "more than one api-key field")
    case 9 where name.equalsIgnoringCase("x-api-key"):
      note(.xAPIKey, "more than one x-api-key field")
    case 10 where name.equalsIgnoringCase("connection"):
      readOptions(value)
    case 12 where name.equalsIgnoringCase("content-type"):
      note(.contentType, "more than one Content-Type field")
    case 13 where name.equalsIgnoringCase("authorization"):
      note(.authorization, "more than one Authorization field")
    case 14 where name.equalsIgnoringCase("content-length"):
      note(.contentLength, "more than one Content-Length field")
      contentLength = Int(decimal: value)
      if contentLength == nil { refuse("Content-Length is not a number") }
    case 15 where name.equalsIgnoringCase("idempotency-key"):
      note(.idempotencyKey, "more than one Idempotency-Key field")
    case 17 where name.equalsIgnoringCase("transfer-encoding"):
      note(.transferEncoding, "more than one Transfer-Encoding field")
      isChunked = true
      if !value.equalsIgnoringCase("chunked") { refuse("a transfer coding other than chunked") }
    default:
      break
    }
  }

  /// Notes a field that may occur only once.
  private mutating func note(_ field: Single, _ reason: StaticString) {
    if seen.contains(field) { refuse(reason) }
    seen.insert(field)
  }

  /// Reads the options of a Connection field.
  private mutating func readOptions(_ value: Span<UInt8>) {
    var start = 0
    while start < value.count {
      let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.count
      let option = value.extracting(start..<end).trimmingBlanks
      if option.equalsIgnoringCase("close") { endsConnection = true }
      if option.equalsIgnoringCase("keep-alive") { keepsConnection = true }
      start = end + 1
    }
  }

  /// Checks one field of a trailer section: it must not say where the message goes or how it is framed.
  mutating func checkTrailer(name: Span<UInt8>, value: Span<UInt8>) {
    check(name: name, value: value)
    if !seen.isDisjoint(with: .framing) {
      refuse("a trailer field that says where the message goes or how it is framed")
    }
  }

  /// Checks the section as a whole, after its last field.
  mutating func finish(isHTTP10: Bool) {
    guard refusal == nil else { return }
    if !isHTTP10, !seen.contains(.host) {
      refuse("no Host field")
    } else if contentLength != nil, isChunked {
      refuse("both Content-Length and Transfer-Encoding")
    } else if isChunked, isHTTP10 {
      refuse("Transfer-Encoding in HTTP/1.0")
    }
    // A client of HTTP/1.0 does not know interim responses; RFC 9110 section 10.1.1.
    if isHTTP10 { expectsContinue = false }
  }

  /// Refuses the section for a reason of the caller's, unless it is refused already.
  mutating func refuse(_ reason: StaticString) {
    if refusal == nil { refusal = .ambiguous(reason) }
  }

  /// Whether a value has no control character but the tab; RFC 9110 section 5.5.
  private static func isContent(_ value: Span<UInt8>) -> Bool {
    var index = 0
    // Hardly any value has a tab, so that eight bytes are most often found sound at once.
    while index &+ 8 <= value.count, value.word(at: index).controlBytes == 0 { index &+= 8 }
    while index < value.count {
      let byte = value[unchecked: index]
      if byte.isControl, byte != 0x09 { return false }
      index &+= 1
    }
    return true
  }
}
