import Bytes

/// Telling whoever keeps a copy of the block what changed in it.
extension ContextRing {
  /// Two changes with fewer bytes than these between them are reported as one: half of a flash page
  /// is written as a whole anyway.
  private static var nearby: Int { 512 }

  /// Notes that a range of the block changes. Changes next to each other become one.
  @inline(__always)
  mutating func note(_ offset: Int, count: Int) {
    guard onChange != nil else { return }
    merge(offset..<offset + count)
  }

  private mutating func merge(_ range: Range<Int>) {
    if changed.isEmpty {
      changed = range
    } else if range.lowerBound <= changed.upperBound + Self.nearby,
      range.upperBound + Self.nearby >= changed.lowerBound
    {
      changed =
        min(changed.lowerBound, range.lowerBound)..<max(changed.upperBound, range.upperBound)
    } else {
      reportChanges()
      changed = range
    }
  }

  /// Reports what was noted.
  mutating func reportChanges() {
    guard !changed.isEmpty else { return }
    let range = changed
    changed = 0..<0
    report(range)
  }

  /// Reports a range of the block, whether it has changed or not.
  func report(_ range: Range<Int>) {
    onChange?(storage.bytes(at: range.lowerBound, count: range.count), range.lowerBound)
  }
}
