/// The elements of an array, in the order in which they were sent.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
  private let text: JSONText
  private var cursor: JSONCursor

  init(in text: JSONText, _ cursor: JSONCursor) {
    self.text = text
    self.cursor = cursor
  }

  /// The next element, or `nil` after the last. O(1), or O(n) in its bytes for a text of many hundred values.
  @inline(never)
  public mutating func next() -> JSONValue? {
    guard let (range, node) = cursor.nextElement(in: text) else { return nil }
    return JSONValue(in: text, range, node: node)
  }
}
