/// A name and its value in an object.
public struct JSONMember: Sendable {
  private let text: [UInt8]
  private let ranges: (name: Range<Int>, value: Range<Int>)

  fileprivate init(in text: [UInt8], _ ranges: (name: Range<Int>, value: Range<Int>)) {
    self.text = text
    self.ranges = ranges
  }

  /// The name, always a string.
  public var name: JSONValue { JSONValue(in: text, ranges.name) }

  /// The value.
  public var value: JSONValue { JSONValue(in: text, ranges.value) }
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
  @inline(never)
  public mutating func next() -> JSONMember? {
    let text = text
    return cursor.nextMember(in: text.span).map { JSONMember(in: text, $0) }
  }
}
