import Bytes

/// The gate against ambiguous requests: what every field of a header section, and the section as a whole, must
/// satisfy before a byte of the body is read. libmicrohttpd 0.9.75 accepts most of what is refused here; 1.0
/// refuses much of it by itself.
///
/// RFC 9110 section 5 and RFC 9112 sections 2.2, 3.2, 5 and 6; the reasons are those of RFC 9112 section 11.2.
struct FieldGate {
  private var hosts = 0
  private var contentLengths = 0
  private var transferCodings = 0
  private(set) var refusal: Refusal?

  /// Looks at one field, in the order of the section.
  mutating func check(name: Span<UInt8>, value: Span<UInt8>) {
    guard refusal == nil else { return }
    if !FieldGate.isToken(name) {
      refusal = .ambiguous("a field name is empty or has characters that no name may have")
    } else if !isFieldContent(value) {
      refusal = .ambiguous("a field value has a control character")
    } else if name.equalsIgnoringCase("host") {
      hosts += 1
      if !isHost(value) { refusal = .ambiguous("the Host field is not a host and port") }
    } else if name.equalsIgnoringCase("content-length") {
      contentLengths += 1
      if Int(decimal: value) == nil { refusal = .ambiguous("Content-Length is not a number") }
    } else if name.equalsIgnoringCase("transfer-encoding") {
      transferCodings += 1
      if !value.equalsIgnoringCase("chunked") {
        refusal = .ambiguous("a transfer coding other than chunked")
      }
    }
  }

  /// Looks at one field of a trailer section, where none may say where the message goes or how it is framed.
  mutating func checkTrailer(name: Span<UInt8>, value: Span<UInt8>) {
    check(name: name, value: value)
    if hosts + contentLengths + transferCodings > 0 {
      refuse("a trailer field that says where the message goes or how it is framed")
    }
  }

  /// Looks at the section as a whole, after its last field.
  mutating func finish(isHTTP10: Bool) {
    guard refusal == nil else { return }
    if hosts > 1 {
      refusal = .ambiguous("more than one Host field")
    } else if hosts == 0, !isHTTP10 {
      refusal = .ambiguous("no Host field")
    } else if contentLengths > 1 {
      refusal = .ambiguous("more than one Content-Length field")
    } else if transferCodings > 1 {
      refusal = .ambiguous("more than one Transfer-Encoding field")
    } else if contentLengths > 0, transferCodings > 0 {
      refusal = .ambiguous("both Content-Length and Transfer-Encoding")
    } else if transferCodings > 0, isHTTP10 {
      refusal = .ambiguous("Transfer-Encoding in HTTP/1.0")
    }
  }

  /// Refuses the section for a reason of the caller's, unless it is refused already.
  mutating func refuse(_ reason: StaticString) {
    if refusal == nil { refusal = .ambiguous(reason) }
  }

  /// Whether this is a name as methods and fields have them; RFC 9110 section 5.6.2.
  static func isToken(_ name: Span<UInt8>) -> Bool {
    guard !name.isEmpty else { return false }
    for index in name.indices where !isTokenCharacter(name[index]) { return false }
    return true
  }

  /// A letter, a digit or one of ``!#$%&'*+-.^_`|~``: one bit for each.
  @inline(__always)
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    let bits: UInt64 =
      switch byte >> 6 {
      case 0: 0x03FF_6CFA_0000_0000
      case 1: 0x57FF_FFFF_C7FF_FFFE
      default: 0
      }
    return bits &>> UInt64(byte & 63) & 1 != 0
  }

  /// RFC 9110 section 5.5: no control characters but the tab.
  private func isFieldContent(_ value: Span<UInt8>) -> Bool {
    for index in value.indices where value[index].isControl && value[index] != 0x09 {
      return false
    }
    return true
  }

  /// RFC 9110 section 7.2. It may be empty.
  private func isHost(_ value: Span<UInt8>) -> Bool {
    value.isEmpty || (try? Authority(value)) != nil
  }
}
