import Bytes

/// A value within a document: a view of the bytes as they were sent.
///
/// It shares the document's storage and can outlive the `JSONDocument`. Looking around costs a walk over the
/// bytes passed by, and allocates nothing; only `string` copies.
public struct JSONValue: Sendable {
  private let text: [UInt8]
  private let range: Range<Int>

  /// `range` is exactly one value of a valid text.
  init(in text: [UInt8], _ range: Range<Int>) {
    self.text = text
    self.range = range
  }

  /// What kind of value this is.
  public var kind: JSONKind {
    switch text[range.lowerBound] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"): .true
    case UInt8(ascii: "f"): .false
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// The bytes of the value as they were sent.
  public var raw: ArraySlice<UInt8> { text[range] }

  /// The bytes of the value as they were sent, borrowed.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get { text.span.extracting(range) }
  }

  /// Whether this is `null`.
  public var isNull: Bool { kind == .null }

  /// Whether this is `""`, an array without elements or an object without members.
  public var isEmpty: Bool {
    switch kind {
    case .string: range.count == 2
    case .array, .object: text.span.endOfSpace(from: range.lowerBound + 1) == range.upperBound - 1
    default: false
    }
  }

  /// `true` or `false`; `nil` for any other value.
  public var boolean: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The number, if it is written without fraction and exponent and within ±`Int.max`; else `nil`.
  public var integer: Int? {
    guard kind == .number else { return nil }
    let negative = text[range.lowerBound] == UInt8(ascii: "-")
    let digits = text.span.extracting((range.lowerBound + (negative ? 1 : 0))..<range.upperBound)
    guard let magnitude = Int(decimal: digits) else { return nil }
    return negative ? -magnitude : magnitude
  }

  /// The members of an object, in their order, duplicates included; none for any other value.
  public var members: JSONMembers {
    JSONMembers(in: text, kind == .object ? range : range.upperBound..<range.upperBound)
  }

  /// The elements of an array, in their order; none for any other value.
  public var elements: JSONElements {
    JSONElements(in: text, kind == .array ? range : range.upperBound..<range.upperBound)
  }

  /// The value of an object's member; `nil` if there is none of that name, or this is not an object.
  ///
  /// Names compare as what they mean: `"con\u0074ent"` is `content`. Of several members of one name the last
  /// counts, as in nearly every parser (RFC 8259 section 4). O(n) in the object's bytes.
  public subscript(name: StaticString) -> JSONValue? {
    guard kind == .object else { return nil }
    let span = text.span
    var cursor = JSONCursor(span, inside: range)
    var found: Range<Int>?
    while let member = cursor.nextMember(in: span) {
      if span.extracting(member.name).isString(name) { found = member.value }
    }
    return found.map { JSONValue(in: text, $0) }
  }
}

extension JSONValue? {
  /// The value, unless it is `null`: a client that sends `null` means nothing by it.
  public var present: JSONValue? {
    guard let self, !self.isNull else { return nil }
    return self
  }
}

/// The kinds of JSON values.
public enum JSONKind: Equatable, Sendable {
  /// `{…}`
  case object
  /// `[…]`
  case array
  /// `"…"`
  case string
  /// A number of any size and precision.
  case number
  /// `true`
  case `true`
  /// `false`
  case `false`
  /// `null`
  case null
}
