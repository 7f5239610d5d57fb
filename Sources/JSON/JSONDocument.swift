/// A text that is known to be JSON.
public struct JSONDocument: Sendable {
  /// The text as it came, white space at its ends included.
  public let bytes: [UInt8]

  /// Takes a text over after checking all of it. O(n), nothing is copied.
  ///
  /// `maximumDepth` is how many arrays and objects may stand inside each other, 0 to 64.
  public init(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) {
    try Self.validate(bytes.span, maximumDepth: maximumDepth)
    self.bytes = bytes
  }

  /// The value that the text is. O(1), white space around it aside.
  public var root: JSONValue {
    let start = bytes.span.endOfSpace(from: 0)
    var end = bytes.count
    while bytes[end - 1].isJSONSpace { end -= 1 }
    return JSONValue(in: bytes, start..<end)
  }

  /// Checks a text that need not be kept. O(n), nothing is allocated.
  public static func validate(_ text: Span<UInt8>, maximumDepth: Int = 64) throws(JSONError) {
    var scanner = JSONScanner(text, maximumDepth: maximumDepth)
    try scanner.scan()
  }
}
