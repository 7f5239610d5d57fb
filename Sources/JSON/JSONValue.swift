import Bytes

/// A value within a document: a view of the bytes as they were sent.
///
/// It shares the document's storage and can outlive the `JSONDocument`. Nothing allocates but `string`, which copies.
public struct JSONValue: Sendable {
  let text: JSONText
  private let start: UInt32
  private let end: UInt32
  private let node: UInt16

  /// `range` is exactly one value of a valid text, `node` its number in the text's index.
  @inline(__always)
  init(in text: JSONText, _ range: Range<Int>, node: Int) {
    self.text = text
    start = UInt32(truncatingIfNeeded: range.lowerBound)
    end = UInt32(truncatingIfNeeded: range.upperBound)
    self.node = UInt16(truncatingIfNeeded: node)
  }

  @inline(__always)
  var range: Range<Int> { Range(uncheckedBounds: (Int(start), Int(end))) }

  /// Whether the text's index knows the value.
  @inline(__always)
  var hasNode: Bool { nodeIndex != JSONNode.none }

  @inline(__always)
  var nodeIndex: Int { Int(node) }

  /// What kind of value this is.
  public var kind: JSONKind {
    switch span[unchecked: 0] {
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
  public var raw: ArraySlice<UInt8> { text.bytes[range] }

  /// The bytes of the value as they were sent, borrowed.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = text.span(range)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Whether this is `null`.
  public var isNull: Bool { kind == .null }

  /// Whether this is `""`, an array without elements or an object without members.
  public var isEmpty: Bool {
    switch kind {
    case .string: range.count == 2
    case .array, .object: span.endOfSpace(from: 1) == range.count - 1
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
    let span = span
    let negative = span[unchecked: 0] == UInt8(ascii: "-")
    guard let magnitude = Int(decimal: span.extracting((negative ? 1 : 0)..<span.count)) else {
      return nil
    }
    return negative ? -magnitude : magnitude
  }

  /// The members of an object, in their order, duplicates included; none for any other value.
  public var members: JSONMembers {
    JSONMembers(in: text, kind == .object ? cursor : JSONCursor())
  }

  /// The elements of an array, in their order; none for any other value.
  public var elements: JSONElements {
    JSONElements(in: text, kind == .array ? cursor : JSONCursor())
  }

  private var cursor: JSONCursor { JSONCursor(text, inside: range, node: nodeIndex) }

  /// The value of an object's member; `nil` if there is none of that name, or this is not an object.
  ///
  /// Names compare as what they mean: `"con\u0074ent"` is `content`. Of several members of one name the last
  /// counts, as in nearly every parser (RFC 8259 section 4). O(n) in the object's members, or in its bytes for a text of
  /// many hundred values.
  public subscript(name: StaticString) -> JSONValue? {
    guard kind == .object else { return nil }
    guard hasNode else { return scan(for: name) }
    var found = JSONNode.none
    var index = nodeIndex + 1
    let end = Int(text.node(nodeIndex).next)
    while index < end {
      if text.isString(index, name) { found = index + 1 }
      index = Int(text.node(index + 1).next)
    }
    guard found != JSONNode.none else { return nil }
    return JSONValue(in: text, text.node(found).range, node: found)
  }

  private func scan(for name: StaticString) -> JSONValue? {
    var cursor = cursor
    var found: Range<Int>?
    while let member = cursor.nextMember(in: text) {
      if text.span(member.name).isString(name) { found = member.value }
    }
    return found.map { JSONValue(in: text, $0, node: JSONNode.none) }
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
