import Bytes

/// The segments of a request's path, each decoded; in one piece of memory, because every request has a path.
public struct PathSegments {
  private var text: [UInt8] = []
  /// Where each ends; the next begins there.
  private var ends: [Int] = []

  init() {}

  /// How many there are.
  public var count: Int { ends.count }

  /// A segment, borrowed; `index` is from 0 to below `count`.
  public subscript(index: Int) -> Span<UInt8> {
    @_lifetime(borrow self)
    get { text.span.extracting((index == 0 ? 0 : ends[index - 1])..<ends[index]) }
  }

  /// Makes room for a path of `byteCount` bytes, and for more segments than the API's longest path has.
  mutating func reserve(_ byteCount: Int) {
    text.reserveCapacity(byteCount)
    ends.reserveCapacity(8)
  }

  /// Takes the next segment, decoded.
  mutating func append(_ segment: Span<UInt8>) {
    text.append(copying: segment)
    ends.append(text.count)
  }
}
