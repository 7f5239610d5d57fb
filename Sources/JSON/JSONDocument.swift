/// A text that is known to be JSON.
public struct JSONDocument: Sendable {
  private let text: JSONText

  /// The text as it came, white space at its ends included.
  public var bytes: [UInt8] { text.bytes }

  /// Takes a text over after checking all of it. O(n), the bytes are not copied.
  ///
  /// `maximumDepth` is how many arrays and objects may stand inside each other, 0 to 64.
  public init(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) {
    precondition(UInt(bytes.count) <= UInt(UInt32.max), "a JSON text of more than 4 GB")
    let nodes = UnsafeMutableBufferPointer<JSONNode>.allocate(
      capacity: JSONNode.capacity(for: bytes.count))
    var scanner = JSONScanner(bytes.span, maximumDepth: maximumDepth, index: JSONIndex(nodes))
    do throws(JSONError) {
      try scanner.scan()
    } catch {
      nodes.deallocate()
      throw error
    }
    text = JSONText(bytes, scanner.index)
  }

  /// The value that the text is. O(1), white space around it aside.
  public var root: JSONValue {
    if text.isIndexed { return JSONValue(in: text, text.node(0).range, node: 0) }
    let bytes = text.span
    let start = bytes.endOfSpace(from: 0)
    var end = bytes.count
    while bytes[end - 1].isJSONSpace { end -= 1 }
    return JSONValue(in: text, start..<end, node: JSONNode.none)
  }

  /// Checks a text that need not be kept. O(n), nothing is allocated.
  public static func validate(_ text: Span<UInt8>, maximumDepth: Int = 64) throws(JSONError) {
    var scanner = JSONScanner(
      text, maximumDepth: maximumDepth,
      index: JSONIndex(UnsafeMutableBufferPointer(start: nil, count: 0)))
    try scanner.scan()
  }
}
