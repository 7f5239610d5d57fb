import Bytes

/// A name and its value in an object.
public struct JSONMember: Sendable {
  /// The value.
  public let value: JSONValue
  private let nameStart: UInt32
  private let nameEnd: UInt32

  fileprivate init(name: Range<Int>, _ value: JSONValue) {
    self.value = value
    nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
    nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
  }

  /// The name, always a string.
  public var name: JSONValue {
    JSONValue(in: value.text, nameRange, node: nameNode)
  }

  /// The name as it was sent, with its quotes, borrowed.
  public var nameSpan: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = value.text.span(nameRange)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Whether the name means the literal.
  public func isNamed(_ literal: StaticString) -> Bool {
    value.text.isString(nameRange, node: nameNode, literal)
  }

  /// Whether both names mean the same text, however they are written.
  public func hasSameName(as other: JSONMember) -> Bool {
    // The lengths tell most names apart.
    if nameRange.count == other.nameRange.count, nameSpan.equals(other.nameSpan) { return true }
    // A name without an escape is its own text.
    guard nameMayHaveEscape || other.nameMayHaveEscape else { return false }
    return name.isSameString(as: other.name)
  }

  private var nameMayHaveEscape: Bool { !value.hasNode || value.text.node(nameNode).hasEscape }

  private var nameRange: Range<Int> {
    Range(uncheckedBounds: (Int(nameStart), Int(nameEnd)))
  }

  private var nameNode: Int { value.hasNode ? value.nodeIndex - 1 : JSONNode.none }
}

/// The members of an object, in the order in which they were sent.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  private let text: JSONText
  private var cursor: JSONCursor

  init(in text: JSONText, _ cursor: JSONCursor) {
    self.text = text
    self.cursor = cursor
  }

  /// The next member, or `nil` after the last. O(1), or O(n) in its bytes for a text of many hundred values.
  @inline(never)
  public mutating func next() -> JSONMember? {
    guard let (name, value, node) = cursor.nextMember(in: text) else { return nil }
    return JSONMember(name: name, JSONValue(in: text, value, node: node))
  }
}

extension JSONWriter {
  /// Writes a member of another object, byte for byte.
  @inline(never)
  public mutating func member(_ member: JSONMember) {
    let value = member.value
    name(raw: member.nameSpan)
    raw(value.span)
  }
}
