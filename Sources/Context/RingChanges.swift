import Bytes

/// Reporting what changed in the block, for a copy of it.
extension ContextRing {
  /// The unit of reports: file systems keep, and flash writes, whole pages of this many bytes.
  ///
  /// If a page is written whole, the kernel need not read it first.
  private static var page: Int { 4096 }

  /// Notes that a range of the block changes. Changes side by side become one.
  @inline(__always)
  mutating func note(_ offset: Int, count: Int) {
    guard onChange != nil else { return }
    let end = (offset + count + Self.page - 1) & ~(Self.page - 1)
    merge(offset & ~(Self.page - 1)..<min(end, layout.blockSize))
  }

  private mutating func merge(_ range: Range<Int>) {
    if changed.isEmpty {
      changed = range
    } else if range.lowerBound <= changed.upperBound, range.upperBound >= changed.lowerBound {
      changed =
        min(changed.lowerBound, range.lowerBound)..<max(changed.upperBound, range.upperBound)
    } else {
      reportChanges()
      changed = range
    }
  }

  /// Reports what was noted.
  public mutating func reportChanges() {
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
