/// Walks over the members of an object or the elements of an array in valid text.
///
/// It holds positions alone: numbers of the text's index, or bytes where it has none.
struct JSONCursor {
  /// The next element; in bytes, before it, its comma or the closing bracket.
  private var position: Int

  /// Where the container ends: the number after its last value, or the position of its closing bracket.
  private let end: Int

  /// A cursor at the first member or element of a container.
  @inline(__always)
  init(_ text: JSONText, inside range: Range<Int>, node: Int) {
    if node != JSONNode.none {
      position = node + 1
      end = Int(text.node(node).next)
    } else {
      position = text.span.endOfSpace(from: range.lowerBound + 1)
      end = range.upperBound - 1
    }
  }

  /// A cursor with nothing to walk over.
  init() {
    (position, end) = (0, 0)
  }

  /// The next element of an array.
  @inline(__always)
  mutating func nextElement(in text: JSONText) -> (range: Range<Int>, node: Int)? {
    guard position < end else { return nil }
    guard text.isIndexed else { return (scanElement(text.span), JSONNode.none) }
    let index = position
    let node = text.node(index)
    position = Int(node.next)
    return (node.range, index)
  }

  /// The next member of an object; its name's number in the index is that before its value's.
  @inline(__always)
  mutating func nextMember(
    in text: JSONText
  ) -> (name: Range<Int>, value: Range<Int>, node: Int)? {
    guard position < end else { return nil }
    guard text.isIndexed else {
      let name = scanName(text.span)
      return (name, scanElement(text.span), JSONNode.none)
    }
    let index = position + 1
    let node = text.node(index)
    let name = text.node(position).range
    position = Int(node.next)
    return (name, node.range, index)
  }

  private mutating func scanElement(_ text: Span<UInt8>) -> Range<Int> {
    let start = position
    let upper = text.endOfValue(from: start)
    position = text.endOfSpace(from: upper)
    if position < end { position = text.endOfSpace(from: position + 1) }
    return start..<upper
  }

  private mutating func scanName(_ text: Span<UInt8>) -> Range<Int> {
    let name = position..<text.endOfString(from: position)
    let colon = text.endOfSpace(from: name.upperBound)
    position = text.endOfSpace(from: colon + 1)
    return name
  }
}
