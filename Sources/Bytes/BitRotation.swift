extension UInt64 {
  /// These bits moved towards the high end, those that fall out coming back in at the low end.
  /// `count` is 1 to 63.
  @inlinable @inline(__always)
  public func rotatedLeft(by count: UInt64) -> UInt64 {
    self &<< count | self &>> (64 &- count)
  }
}
