import Bytes

/// The layout of key lines, which a new one copies from those around it.
struct INIKeyStyle {
  private var indent: [UInt8] = []
  private var beforeEquals = [UInt8](" ")
  private(set) var afterEquals = [UInt8](" ")
  /// The column of `=`, if it is the same in lines whose names differ in length.
  private var column: Int?

  /// The style of these key lines, the last one counting most; `key = value` if there are none.
  init(of lines: [INILine]) {
    var lengths: (least: Int, most: Int) = (.max, 0)
    var columns: (least: Int, most: Int) = (.max, 0)
    for line in lines {
      guard case .key(let name, let value) = line.content,
        let equals = line.bytes.span.firstIndex(of: UInt8(ascii: "="), from: name.upperBound)
      else { continue }
      let start = line.isMarked ? INILine.byteOrderMark.count : 0
      indent = line[start..<name.lowerBound]
      beforeEquals = line[name.upperBound..<equals]
      // An empty value does not show the blanks before it.
      afterEquals = value.isEmpty ? beforeEquals : line[equals + 1..<value.lowerBound]
      lengths = (min(lengths.least, name.count), max(lengths.most, name.count))
      columns = (min(columns.least, equals - start), max(columns.most, equals - start))
    }
    if lengths.least < lengths.most, columns.least == columns.most { column = columns.least }
  }

  /// A line without its end.
  func line(key: [UInt8], value: [UInt8]) -> [UInt8] {
    var line = indent
    line.append(copying: key.span)
    if let column, line.count < column {
      while line.count < column { line.append(UInt8(ascii: " ")) }
    } else if column == nil || beforeEquals.isEmpty {
      line.append(copying: beforeEquals.span)
    } else {
      line.append(UInt8(ascii: " "))
    }
    line.append(UInt8(ascii: "="))
    guard !value.isEmpty else { return line }
    line.append(copying: afterEquals.span)
    line.append(copying: value.span)
    return line
  }
}
