import Bytes

/// A text that was found to be JSON, and where its values are. Views of it share it.
///
/// The validating pass notes each value (JSONIndex), so that nothing is searched for a second time: a walk over members
/// costs as many steps as there are members, however long their values are. A text with more values than an index has
/// room for has none, and is walked byte by byte: what a hostile text costs in memory stays bounded.
final class JSONText: @unchecked Sendable {
  let bytes: [UInt8]

  /// Where the bytes are: an array that is never changed stays where it is.
  private let start: UnsafePointer<UInt8>

  /// The values in their order.
  private let nodes: UnsafeMutablePointer<JSONNode>

  /// Whether the index knows where values are.
  let isIndexed: Bool

  /// Takes a valid text, and its index, whose memory it frees at the end.
  init(_ bytes: [UInt8], _ index: JSONIndex) {
    self.bytes = bytes
    start = bytes.withUnsafeBufferPointer { $0.baseAddress! }
    nodes = index.nodes.baseAddress!
    isIndexed = index.isWhole
  }

  deinit {
    nodes.deallocate()
  }

  /// A value's place in the text; `index` is a number below that of the values.
  @inline(__always)
  func node(_ index: Int) -> JSONNode { nodes[index] }

  /// The text, borrowed.
  var span: Span<UInt8> {
    @_lifetime(borrow self)
    @inline(__always)
    get {
      let span = Span(_unsafeStart: start, count: bytes.count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// A part of the text, borrowed.
  @_lifetime(borrow self)
  @inline(__always)
  func span(_ range: Range<Int>) -> Span<UInt8> {
    let span = Span(_unsafeStart: start + range.lowerBound, count: range.count)
    return _overrideLifetime(span, borrowing: self)
  }

  /// Whether a string, with its quotes, means the literal. `node` is its number in the index, or `JSONNode.none`.
  @inline(__always)
  func isString(_ range: Range<Int>, node: Int, _ literal: StaticString) -> Bool {
    node != JSONNode.none ? isString(node, literal) : span(range).isString(literal)
  }

  /// Whether a string means the literal; `index` is its number.
  @inline(__always)
  func isString(_ index: Int, _ literal: StaticString) -> Bool {
    let node = nodes[index]
    if node.hasEscape { return span(node.range).isString(literal) }
    let length = literal.utf8CodeUnitCount
    guard Int(node.end &- node.start) == length + 2 else { return false }
    return Span(_unsafeStart: start + Int(node.start) + 1, count: length).equals(literal)
  }
}
