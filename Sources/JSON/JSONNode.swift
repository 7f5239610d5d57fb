/// One value in the index of a text. A member's name is a value of its own before the member's value.
struct JSONNode {
  /// Its first byte.
  var start: UInt32
  /// The byte after its last; of a container that is still open, the number of the container around it.
  var end: UInt32
  /// The number of the value after it, those inside it passed over.
  var next: UInt16
  /// Whether it is a string with an escape.
  var hasEscape: Bool

  /// The number of a value that no index has.
  static let none = Int(UInt16.max)

  /// How many values the index of a text has room for: two or three times as many as most texts have, and at most 6 KB
  /// of them. A chat completion of 1.1 KB has some 80.
  static func capacity(for byteCount: Int) -> Int { min(16 + byteCount / 8, 512) }

  @inline(__always)
  var range: Range<Int> {
    Range(uncheckedBounds: (Int(start), Int(end)))
  }
}

/// The index while a text is being validated. Its memory belongs to the caller.
struct JSONIndex {
  let nodes: UnsafeMutableBufferPointer<JSONNode>
  private(set) var count = 0
  /// The innermost container that is open.
  private var open: UInt32 = 0
  /// Whether all values had room.
  private(set) var isWhole: Bool

  /// An empty index; without room nothing is noted.
  init(_ nodes: UnsafeMutableBufferPointer<JSONNode>) {
    self.nodes = nodes
    isWhole = nodes.count > 0
  }

  /// Notes a string, number or literal.
  @inline(__always)
  mutating func note(_ start: Int, _ end: Int, hasEscape: Bool = false) {
    guard isWhole else { return }
    guard count < nodes.count else { return isWhole = false }
    let next = count + 1
    nodes[count] = JSONNode(
      start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
      next: UInt16(truncatingIfNeeded: next), hasEscape: hasEscape)
    count = next
  }

  /// Notes the beginning of a container.
  @inline(__always)
  mutating func enter(_ start: Int) {
    let container = UInt32(truncatingIfNeeded: count)
    note(start, Int(open))
    open = container
  }

  /// Notes the end of the innermost container.
  @inline(__always)
  mutating func leave(_ end: Int) {
    guard isWhole else { return }
    let container = Int(open)
    open = nodes[container].end
    nodes[container].end = UInt32(truncatingIfNeeded: end)
    nodes[container].next = UInt16(truncatingIfNeeded: count)
  }
}
