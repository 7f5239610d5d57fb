extension [UInt8] {
  /// Lends the bytes as a C string. They have no NUL inside, which would end the string early.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    endedByNUL.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }

  /// Lends the copy. Apart from the above, which is expanded in many places.
  private var endedByNUL: [UInt8] {
    @inline(never)
    get {
      var text: [UInt8] = []
      text.reserveCapacity(count + 1)
      text.append(copying: span)
      text.append(0)
      return text
    }
  }
}
