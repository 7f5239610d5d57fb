import Bytes

/// What a client says about compressed responses: RFC 9110 section 12.5.3.
enum ContentCoding {
  /// Whether the value of `Accept-Encoding` allows gzip, by name or by `*`, with a weight above 0.
  static func isGzipAccepted(_ list: Span<UInt8>) -> Bool {
    if let accepts = AcceptList.accepts("gzip", in: list) { return accepts }
    if let accepts = AcceptList.accepts("x-gzip", in: list) { return accepts }
    return AcceptList.accepts("*", in: list) ?? false
  }
}
