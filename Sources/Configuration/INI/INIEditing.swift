import Bytes

/// Changes of single lines and sections.
///
/// All other lines stay as they are, and so do a byte-order mark and a missing last newline.
extension INIDocument {
  /// Replaces the value of a key line by another one, written for the file.
  mutating func setValue(_ value: [UInt8], at index: Int, style: INIKeyStyle) {
    guard case .key(_, let old) = lines[index].content else {
      preconditionFailure("only a key has a value")
    }
    let bytes = lines[index].bytes
    var line = Array(bytes[..<old.lowerBound])
    if value.isEmpty {
      while line.last?.isBlank == true { line.removeLast() }
    } else if old.isEmpty, line.last == UInt8(ascii: "=") {
      line.append(copying: style.afterEquals.span)
    }
    line.append(copying: value.span)
    line.append(contentsOf: bytes[old.upperBound...])
    lines[index] = INILine(line, isFirst: index == 0)
  }

  /// Adds a key line after the last one of a section.
  mutating func append(key: [UInt8], value: [UInt8], to extent: INIExtent, style: INIKeyStyle) {
    var index = extent.header + 1
    for line in index..<extent.limit {
      if case .key = lines[line].content { index = line + 1 }
    }
    // A section without keys may have its description.
    if index == extent.header + 1 { index = extent.end }
    replaceLines(index..<index, with: [style.line(key: key, value: value)])
  }

  /// Removes a line.
  mutating func removeLine(at index: Int) {
    replaceLines(index..<index + 1, with: [])
  }

  /// Adds a section after the last of its kind, or at the end. The blank lines around it are as many as
  /// between its neighbours.
  mutating func add(_ section: SectionName) {
    let last = extents(of: section.kind).last
    var end = last?.end ?? lines.count
    // Blank lines at the end of the file stay there.
    while last == nil, end > 0, lines[end - 1].content == .blank, !isMark(end - 1) { end -= 1 }
    var new = [[UInt8]](repeating: [], count: blankLines(before: end, after: last))
    var header = [UInt8]("[")
    header.append(section.kind.type)
    if section.kind.isNamed {
      header.append(" ")
      header.append(copying: section.name.span)
    }
    header.append("]")
    new.append(header)
    replaceLines(end..<end, with: new)
  }

  /// Removes a section, and the blank lines on one side of it.
  mutating func delete(_ extent: INIExtent) {
    var start = extent.start
    var end = extent.end
    while start > 0, lines[start - 1].content == .blank, !isMark(start - 1) { start -= 1 }
    var below = end
    while below < lines.count, lines[below].content == .blank { below += 1 }
    if start == 0 || isMark(start - 1) {
      // Nothing above: the gap below is removed, so that the next section comes first.
      start = extent.start
      if below < lines.count { end = below }
    } else if below == end, below < lines.count {
      // No gap below: the one above continues to separate the neighbours.
      start = extent.start
    }
    replaceLines(start..<end, with: [])
  }

  /// The layout of key lines in a section: its own or, if it has too few lines, that of the section above of the same
  /// kind, or else that of the whole file.
  func style(in extent: INIExtent, kind: SectionKind) -> INIKeyStyle {
    var keys = keyLines(extent.header..<extent.limit)
    if keys.count < 2 {
      let above = extents(of: kind).last { $0.header < extent.header }
      if let above { keys = keyLines(above.header..<above.limit) + keys }
    }
    return INIKeyStyle(of: keys.isEmpty ? keyLines(lines.indices) : keys)
  }

  private func keyLines(_ range: Range<Int>) -> [INILine] {
    lines[range].filter { if case .key = $0.content { true } else { false } }
  }

  /// The number of blank lines before a new section at `end`.
  private func blankLines(before end: Int, after last: INIExtent?) -> Int {
    guard end > 0, !isMark(end - 1) else { return 0 }
    var below = end
    while below < lines.count, lines[below].content == .blank { below += 1 }
    var count = below - end
    if below == lines.count {
      count = gap(above: last) ?? gapAboveAnySection() ?? 1
    }
    // A comment that ends here must not touch the new section.
    return lines[end - 1].content == .comment ? max(1, count) : count
  }

  /// The blank lines above a section; `nil` if it is the first.
  private func gap(above extent: INIExtent?) -> Int? {
    guard let extent else { return nil }
    var start = extent.start
    while start > 0, lines[start - 1].content == .blank, !isMark(start - 1) { start -= 1 }
    return start == 0 || isMark(start - 1) ? nil : extent.start - start
  }

  private func gapAboveAnySection() -> Int? {
    var gap: Int?
    for kind in SectionKind.allCases where gap == nil {
      gap = self.gap(above: extents(of: kind).last)
    }
    return gap
  }

  /// Whether a line is a byte-order mark and nothing else.
  private func isMark(_ index: Int) -> Bool {
    index == 0 && lines[0].bytes == INILine.byteOrderMark
  }
}

// MARK: - Splicing

extension INIDocument {
  /// Replaces a range of lines by others, given without their ends.
  private mutating func replaceLines(_ range: Range<Int>, with texts: [[UInt8]]) {
    let end = lineEnd(near: range.lowerBound)
    let mark = takeMark()
    let isEnded = lines.last.map { !$0.end.isEmpty } ?? true
    let start = min(range.lowerBound, lines.count)
    lines.replaceSubrange(
      start..<min(range.upperBound, lines.count), with: texts.map { INILine($0 + end) })
    // Only the last line may lack its end, and lacks it if the last one did before. An empty line stays a line.
    for index in max(0, start - 1)..<max(lines.count, start) where index < lines.count {
      let line = lines[index]
      let isLast = index == lines.count - 1
      if isLast && !isEnded {
        let text = Array(line.bytes.dropLast(line.end.count))
        if !text.isEmpty { lines[index] = INILine(text) }
      } else if line.end.isEmpty {
        lines[index] = INILine(line.bytes + end)
      }
      if isLast { break }
    }
    putBack(mark)
  }

  /// The end that lines have around an index.
  private func lineEnd(near index: Int) -> [UInt8] {
    for line in lines[..<min(index, lines.count)].reversed() where !line.end.isEmpty {
      return Array(line.end)
    }
    for line in lines where !line.end.isEmpty { return Array(line.end) }
    return [UInt8(ascii: "\n")]
  }

  private mutating func takeMark() -> [UInt8] {
    guard let first = lines.first, first.isMarked else { return [] }
    let rest = Array(first.bytes.dropFirst(INILine.byteOrderMark.count))
    if rest.isEmpty { lines.removeFirst() } else { lines[0] = INILine(rest) }
    return INILine.byteOrderMark
  }

  private mutating func putBack(_ mark: [UInt8]) {
    guard !mark.isEmpty else { return }
    let rest = lines.isEmpty ? [] : lines.removeFirst().bytes
    lines.insert(INILine(mark + rest, isFirst: true), at: 0)
  }
}
