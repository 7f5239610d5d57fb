import Bytes

extension Span<UInt8> {
  /// The value in a line of a header section, if that is a field of this name, which ends with its colon.
  @_lifetime(copy self)
  func value(ofField name: StaticString) -> Span<UInt8>? {
    let start = name.utf8CodeUnitCount
    guard count > start, extracting(0..<start).equalsIgnoringCase(name) else { return nil }
    var end = count
    while end > start, self[end - 1] == UInt8(ascii: "\n") || self[end - 1] == UInt8(ascii: "\r") {
      end -= 1
    }
    return extracting(start..<end).trimmingBlanks
  }
}
