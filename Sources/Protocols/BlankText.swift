extension Span<UInt8> {
  /// Whether these bytes, a JSON string with its quotes, mean nothing but ASCII white space, or nothing. White
  /// space spelt `\u0020` is not looked for: nobody writes it so, and the backend's refusal is clear enough.
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

  /// Where in these bytes, which stand inside a JSON string, the white space at the end begins.
  var endOfJSONTextBeforeBlanks: Int {
    var end = 0
    var index = 0
    while index < count {
      let start = index
      if self[index] == UInt8(ascii: "\\") { index += 1 }
      let byte = self[index]
      index += 1
      let isBlank =
        index - start == 1
        ? byte == UInt8(ascii: " ")
        : byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") || byte == UInt8(ascii: "t")
      if !isBlank { end = index }
    }
    return end
  }
}
