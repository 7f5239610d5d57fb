extension [UInt8] {
  /// These bytes with every occurrence of `part`, which is not empty, replaced. O(n · length of the part).
  public func replacingAll(_ part: ArraySlice<UInt8>, with other: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < count {
      if self[index...].starts(with: part) {
        result += other
        index += part.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
