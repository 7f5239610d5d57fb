extension [UInt8] {
  /// Lends the bytes as a C string. They have no NUL inside: whoever reads them would take that for the end.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    endedByNUL.withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }

  /// The copy that is lent; apart from the above, of which there are many.
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
