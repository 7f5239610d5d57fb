import Bytes

/// The words of HTTP's grammar.
extension UInt8 {
  /// A letter, a digit or one of ``!#$%&'*+-.^_`|~``, one bit for each: what the names of methods, fields and chunk
  /// extensions have; RFC 9110 section 5.6.2.
  @inline(__always)
  var isTokenCharacter: Bool {
    let bits: UInt64 =
      switch self >> 6 {
      case 0: 0x03FF_6CFA_0000_0000
      case 1: 0x57FF_FFFF_C7FF_FFFE
      default: 0
      }
    return bits &>> UInt64(self & 63) & 1 != 0
  }
}

extension Span<UInt8> {
  /// Whether this is a name: at least one character, all of them a name's; RFC 9110 section 5.6.2.
  var isToken: Bool {
    var index = 0
    // Most names have letters and hyphens alone.
    while index &+ 8 <= count, word(at: index).hasOnlyLettersAndHyphens { index &+= 8 }
    while index < count {
      guard self[unchecked: index].isTokenCharacter else { return false }
      index &+= 1
    }
    return !isEmpty
  }
}
