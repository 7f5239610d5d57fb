extension Span<UInt8> {
  /// The type and subtype of a `Content-Type`, without its parameters; RFC 9110 section 8.3.1.
  public var mediaType: Span<UInt8> {
    @_lifetime(copy self)
    get { extracting(first: firstIndex(of: UInt8(ascii: ";")) ?? count).trimmingBlanks }
  }

  /// Whether a `Content-Type` names JSON, or a type built on it; RFC 6839.
  public var namesJSON: Bool { mediaType.extracting(last: 4).equalsIgnoringCase("json") }

  /// Whether a `Content-Type` names HTML.
  public var namesHTML: Bool { mediaType.equalsIgnoringCase("text/html") }
}
