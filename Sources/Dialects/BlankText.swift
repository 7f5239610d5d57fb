extension Span<UInt8> {
  /// Whether these bytes, a JSON string with its quotes, mean nothing but ASCII white space, or nothing.
  var isBlankJSONString: Bool {
    var index = 1
    while index < count - 1 {
      if self[index] == UInt8(ascii: "\\") {
        index += 1
        switch self[index] {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "f"): break
        default: return false
        }
      } else if self[index] != UInt8(ascii: " ") {
        return false
      }
      index += 1
    }
    return true
  }
}
