/// The elements of an array, in the order in which they were sent.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
  private let text: [UInt8]
  private var cursor: JSONCursor

  init(in text: [UInt8], _ range: Range<Int>) {
    self.text = text
    cursor = JSONCursor(text.span, inside: range)
  }

  /// The next element, or `nil` behind the last. O(n) in its bytes.
  @inline(never)
  public mutating func next() -> JSONValue? {
    let text = text
    return cursor.nextElement(in: text.span).map { JSONValue(in: text, $0) }
  }
}
