import Bytes

/// The segments of a request's path, each decoded; in one piece of memory, because every request has a path.
public struct PathSegments {
  /// How many are kept: more than the API's longest path has.
  private static let kept = 8

  /// The kept segments, one after another.
  private var text: [UInt8] = []
  /// The end of each kept segment, where the next one begins.
  private var ends = InlineArray<8, UInt32>(repeating: 0)
  /// The number of segments, those that are not kept included.
  public private(set) var count = 0

  init() {}

  /// A segment, borrowed; `index` is from 0 to below `count`, and at most 7.
  public subscript(index: Int) -> Span<UInt8> {
    @_lifetime(borrow self)
    get {
      precondition(index < count, "the path has fewer segments")
      return text.span.extracting((index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index]))
    }
  }

  /// Makes room for a path of `byteCount` bytes.
  mutating func reserve(_ byteCount: Int) {
    text.reserveCapacity(byteCount)
  }

  /// Takes the next segment, decoded.
  mutating func append(_ segment: Span<UInt8>) {
    if count < PathSegments.kept {
      text.append(copying: segment)
      ends[count] = UInt32(text.count)
    }
    count += 1
  }
}
