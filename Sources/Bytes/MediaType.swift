extension Span<UInt8> {
  /// The type and subtype of a `Content-Type`, without its parameters; RFC 9110 section 8.3.1.
  public var mediaType: Span<UInt8> {
    @_lifetime(copy self)
    get { extracting(first: firstIndex(of: UInt8(ascii: ";")) ?? count).trimmingBlanks }
  }
}
