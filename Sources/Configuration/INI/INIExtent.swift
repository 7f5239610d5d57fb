import Bytes

/// Where a section is in a document, as indices of lines.
struct INIExtent {
  /// The first line of the comment that touches the section from above, or else ``header``.
  let start: Int
  /// The `[type name]` line.
  let header: Int
  /// One past the last key, or past the comment that touches it from below but not the next section.
  let end: Int
  /// The next section's header, or the number of lines: keys up to here belong to the section.
  let limit: Int
}

extension INIDocument {
  /// Where the sections of a kind are, in file order.
  func extents(of kind: SectionKind) -> [INIExtent] {
    var extents: [INIExtent] = []
    for index in lines.indices {
      guard case .section(let type, _) = lines[index].content,
        lines[index][type].span.equals(kind.type)
      else { continue }
      extents.append(extent(at: index))
    }
    return extents
  }

  /// Where a section is.
  func extent(of section: SectionName) -> INIExtent? {
    for extent in extents(of: section.kind) {
      guard case .section(_, let name) = lines[extent.header].content else { continue }
      if lines[extent.header][name ?? 0..<0] == section.name { return extent }
    }
    return nil
  }

  /// The index of the line that gives a section's setting.
  func line(of key: [UInt8], ignoringCase: Bool, in extent: INIExtent) -> Int? {
    for index in extent.header..<extent.limit {
      guard case .key(let name, _) = lines[index].content else { continue }
      let other = lines[index][name]
      let isSame = ignoringCase ? other.span.equalsIgnoringCase(key.span) : other == key
      if isSame { return index }
    }
    return nil
  }

  /// The section that a line belongs to.
  func section(around index: Int) -> SectionName? {
    for header in (0...index).reversed() {
      guard case .section(let type, let name) = lines[header].content else { continue }
      let kind = SectionKind(type: lines[header][type].span)
      return kind.map { SectionName($0, lines[header][name ?? 0..<0]) }
    }
    return nil
  }

  private func extent(at header: Int) -> INIExtent {
    var limit = header + 1
    var end = header + 1
    while limit < lines.count {
      if case .section = lines[limit].content { break }
      if case .key = lines[limit].content { end = limit + 1 }
      limit += 1
    }
    var below = end
    while below < limit, lines[below].content == .comment { below += 1 }
    if below < limit || limit == lines.count { end = below }
    return INIExtent(start: startOfComment(above: header), header: header, end: end, limit: limit)
  }

  /// A comment that touches a key above it as well is the heading of what follows.
  private func startOfComment(above header: Int) -> Int {
    var start = header
    while start > 0, lines[start - 1].content == .comment { start -= 1 }
    return start
  }
}
