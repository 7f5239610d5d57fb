import Bytes

/// The extensions of a chunk, after the first `;`: names, each with or without a value; RFC 9112 section 7.1.1.
struct ChunkExtension {
  private enum State {
    /// After `;`.
    case beforeName
    case name
    case afterName
    /// After `=`.
    case beforeValue
    case value
    case quoted
    /// After a backslash in a quoted value.
    case escaped
    case afterQuote
    case afterValue
  }

  private var state = State.beforeName

  /// Whether the line may end here.
  var mayEnd: Bool {
    switch state {
    case .name, .value, .afterQuote: true
    default: false
    }
  }

  /// Reads a byte; returns whether the extensions are still valid.
  mutating func read(_ byte: UInt8) -> Bool {
    switch state {
    case .beforeName:
      return step(byte, blank: .beforeName, token: .name)
    case .name:
      return step(byte, blank: .afterName, token: .name, equals: .beforeValue, next: .beforeName)
    case .afterName:
      return step(byte, blank: .afterName, equals: .beforeValue, next: .beforeName)
    case .beforeValue:
      return step(byte, blank: .beforeValue, token: .value, quote: .quoted)
    case .value:
      return step(byte, blank: .afterValue, token: .value, next: .beforeName)
    case .afterQuote, .afterValue:
      return step(byte, blank: .afterValue, next: .beforeName)
    case .quoted:
      if byte == UInt8(ascii: "\"") {
        state = .afterQuote
      } else if byte == UInt8(ascii: "\\") {
        state = .escaped
      } else {
        return !byte.isControl || byte == 0x09
      }
      return true
    case .escaped:
      state = .quoted
      return !byte.isControl || byte == 0x09
    }
  }

  /// Goes to the state for this kind of byte, if there is one.
  private mutating func step(
    _ byte: UInt8, blank: State, token: State? = nil, equals: State? = nil, quote: State? = nil,
    next: State? = nil
  ) -> Bool {
    let following: State? =
      switch byte {
      case 0x20, 0x09: blank
      case UInt8(ascii: ";"): next
      case UInt8(ascii: "="): equals
      case UInt8(ascii: "\""): quote
      default: byte.isTokenCharacter ? token : nil
      }
    guard let following else { return false }
    state = following
    return true
  }
}
