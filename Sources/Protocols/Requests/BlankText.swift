extension Span<UInt8> {
  /// Whether these bytes, a JSON string with its quotes, are empty or only ASCII white space. White space written as
  /// `\u0020` is not recognised: no client writes it so, and the backend's refusal is clear.
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

  /// Where the white space at the end of these bytes begins, which are the inside of a JSON string.
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
