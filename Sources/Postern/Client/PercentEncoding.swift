import Bytes

extension [UInt8] {
  /// Appends text as a segment of a path or a value of a query: all but unreserved characters encoded; RFC 3986 section
  /// 2.3.
  @inline(never)
  mutating func append(encoding text: [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        append(byte)
      default:
        append("%")
        append(hexadecimal: [byte])
      }
    }
  }

  /// A path: a literal, a segment, and a literal.
  init(path prefix: StaticString, _ segment: [UInt8], _ suffix: StaticString = "") {
    self.init(prefix)
    append(encoding: segment)
    append(suffix)
  }
}
