/// A name and its value in an object.
public struct JSONMember: Sendable {
  /// The name, always a string.
  public let name: JSONValue

  /// The value.
  public let value: JSONValue
}

/// The members of an object, in the order in which they were sent.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
  private let text: [UInt8]
  private var cursor: JSONCursor

  init(in text: [UInt8], _ range: Range<Int>) {
    self.text = text
    cursor = JSONCursor(text.span, inside: range)
  }

  /// The next member, or `nil` behind the last. O(n) in its bytes.
  public mutating func next() -> JSONMember? {
    let text = text
    guard let member = cursor.nextMember(in: text.span) else { return nil }
    return JSONMember(
      name: JSONValue(in: text, member.name), value: JSONValue(in: text, member.value))
  }
}
