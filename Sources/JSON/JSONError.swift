public import Bytes

/// Why a text is not JSON (RFC 8259), and where.
public struct JSONError: Error, Equatable, Sendable {
  /// What is wrong.
  public let reason: Reason

  /// The offset in bytes, from 0, of the first byte that cannot stand where it stands; the text's length
  /// where it ends too early.
  public let position: Int

  /// An error of this reason at this byte.
  public init(reason: Reason, position: Int) {
    self.reason = reason
    self.position = position
  }

  /// What can be wrong with a text.
  public enum Reason: Equatable, Sendable, CaseIterable {
    /// Nothing but white space.
    case empty
    /// The text ends inside a value.
    case unexpectedEnd
    /// The text begins with a byte-order mark (RFC 8259 section 8.1).
    case byteOrderMark
    /// No value begins with this byte.
    case valueExpected
    /// A member of an object does not begin with a string.
    case nameExpected
    /// A member's name is not followed by a colon.
    case colonExpected
    /// A member is followed neither by a comma nor by the object's end.
    case commaOrBraceExpected
    /// An element is followed neither by a comma nor by the array's end.
    case commaOrBracketExpected
    /// A comma with nothing after it before the closing bracket.
    case trailingComma
    /// Something follows the value.
    case trailingText
    /// `true`, `false` or `null`, misspelt.
    case misspeltLiteral
    /// A digit is missing in a number.
    case digitExpected
    /// A number begins with a superfluous zero.
    case leadingZero
    /// A control character stands in a string unescaped.
    case controlCharacter
    /// A backslash is followed by no escape of RFC 8259 section 7.
    case invalidEscape
    /// `\u` is not followed by four hexadecimal digits.
    case invalidUnicodeEscape
    /// A string's bytes are not well-formed UTF-8.
    case invalidUTF8
    /// More arrays and objects inside each other than are allowed.
    case nestedTooDeep
  }
}

extension JSONError.Reason {
  /// The reason in a few words that may follow "invalid JSON: ".
  public var description: StaticString {
    switch self {
    case .empty: "there is no value"
    case .unexpectedEnd: "the text ends too early"
    case .byteOrderMark: "a byte-order mark is not allowed"
    case .valueExpected: "a value was expected"
    case .nameExpected: "a member name in double quotes was expected"
    case .colonExpected: "a colon was expected"
    case .commaOrBraceExpected: "a comma or } was expected"
    case .commaOrBracketExpected: "a comma or ] was expected"
    case .trailingComma: "a comma with nothing after it"
    case .trailingText: "something follows the value"
    case .misspeltLiteral: "a misspelt true, false or null"
    case .digitExpected: "a digit was expected"
    case .leadingZero: "a number with a superfluous leading zero"
    case .controlCharacter: "a control character in a string must be escaped"
    case .invalidEscape: "a backslash that begins no escape"
    case .invalidUnicodeEscape: "four hexadecimal digits were expected after \\u"
    case .invalidUTF8: "the text is not valid UTF-8"
    case .nestedTooDeep: "nested too deep"
    }
  }
}

extension JSONError {
  /// The whole complaint, such as "a colon was expected at line 2, column 9 (byte 17)"; lines and columns
  /// count from 1, bytes from 0. `text` is the text that the error is about. O(position).
  public func message(in text: Span<UInt8>) -> Text {
    let place = TextLocation(of: position, in: text)
    return "\(reason.description) at line \(place.line), column \(place.column) (byte \(position))"
  }
}
