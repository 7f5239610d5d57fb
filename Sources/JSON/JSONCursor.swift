/// Walks over the members of an object or the elements of an array in valid text.
///
/// It holds positions alone, so that it can be kept beside text that is owned as well as borrowed.
struct JSONCursor {
  /// Before the next element, comma or closing bracket.
  private var position: Int

  /// The position of the closing bracket.
  private let end: Int

  /// `range` is an array or an object; an empty range has nothing inside.
  init(_ text: borrowing Span<UInt8>, inside range: Range<Int>) {
    position = text.endOfSpace(from: min(range.lowerBound + 1, range.upperBound))
    end = range.upperBound - 1
  }

  /// The next element of an array.
  mutating func nextElement(in text: Span<UInt8>) -> Range<Int>? {
    guard position < end else { return nil }
    let start = position
    let behind = text.endOfValue(from: start)
    position = text.endOfSpace(from: behind)
    if position < end { position = text.endOfSpace(from: position + 1) }
    return start..<behind
  }

  /// The next member of an object.
  mutating func nextMember(in text: Span<UInt8>) -> (name: Range<Int>, value: Range<Int>)? {
    guard position < end else { return nil }
    let name = position..<text.endOfString(from: position)
    let colon = text.endOfSpace(from: name.upperBound)
    position = text.endOfSpace(from: colon + 1)
    return nextElement(in: text).map { (name, $0) }
  }
}
