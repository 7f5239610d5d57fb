import Bytes

/// The parameters after the first word of a field's value: `; name=token`, `; name="text"`; RFC 9110 section 5.6.6.
enum FieldParameters {
  /// The value of a parameter; `nil` where it is missing or occurs twice, or the parameters are malformed.
  static func value(of name: StaticString, in field: Span<UInt8>) -> [UInt8]? {
    guard var index = field.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    var found: [UInt8]?
    while true {
      index = skipBlanks(field, from: index)
      if index == field.count { return found }
      guard field[index] == UInt8(ascii: ";") else { return nil }
      let start = skipBlanks(field, from: index + 1)
      // Some write a semicolon at the end.
      if start == field.count { return found }
      guard let equals = field.firstIndex(of: UInt8(ascii: "="), from: start) else { return nil }
      index = equals + 1
      guard let value = readValue(field, at: &index) else { return nil }
      if field.extracting(start..<equals).equalsIgnoringCase(name) {
        guard found == nil else { return nil }
        found = value
      }
    }
  }

  private static func skipBlanks(_ field: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < field.count, field[index].isBlank { index += 1 }
    return index
  }

  private static func readValue(_ field: Span<UInt8>, at index: inout Int) -> [UInt8]? {
    var value: [UInt8] = []
    guard index < field.count, field[index] == UInt8(ascii: "\"") else {
      while index < field.count, field[index] != UInt8(ascii: ";"), !field[index].isBlank {
        value.append(field[index])
        index += 1
      }
      return value
    }
    index += 1
    while index < field.count {
      var byte = field[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return value }
      // Browsers write %22 for a quote, and a backslash as it is; others escape both.
      if byte == UInt8(ascii: "\\"), index < field.count,
        field[index] == UInt8(ascii: "\"") || field[index] == byte
      {
        byte = field[index]
        index += 1
      }
      value.append(byte)
    }
    return nil
  }
}
