import Bytes

extension ConfigurationReport {
  /// Every setting of every section in effect, in the file's syntax: the output of `check --print`.
  ///
  /// Comments say where each comes from: a line of the file, an implied value, or the default. Read back, it
  /// gives the same configuration, except for secrets, which are `****`: keys, header fields, the values of
  /// `${…}`, and the queries of URLs. For valid configurations only.
  public func effectiveText() -> [UInt8] {
    var text: [UInt8] = []
    for kind in SectionKind.allCases {
      for section in sections where section.kind == kind {
        if !text.isEmpty { text.append("\n") }
        section.appendEffective(to: &text)
      }
    }
    return text
  }
}

extension Section {
  /// Appends the section: the values of the file in its order, the implied ones, the defaults, and a comment
  /// with the settings that have no value.
  fileprivate func appendEffective(to text: inout [UInt8]) {
    switch origin {
    case .line(let line): text.append(contentsOf: ("# line \(line)\n" as Text).bytes)
    case .implied: text.append("# implied\n")
    case .standard: text.append("# default\n")
    }
    text.append(contentsOf: header.bytes)
    text.append("\n")
    appendGiven(to: &text)
    append("# implied\n", to: &text) { if case .implied = $0.origin { true } else { false } }
    append("# default\n", to: &text) { if case .standard = $0.origin { true } else { false } }
    appendUnset(to: &text)
  }

  /// Appends the values of the file. Settings on consecutive lines share a comment.
  private func appendGiven(to text: inout [UInt8]) {
    let given = entries.filter { $0.line != nil }
    var start = 0
    for end in given.indices {
      let line = given[end].line ?? 0
      if end + 1 < given.count, given[end + 1].line == line + 1 { continue }
      let comment: Text =
        start == end ? "# line \(line)\n" : "# lines \(line - (end - start)) to \(line)\n"
      text.append(contentsOf: comment.bytes)
      for entry in given[start...end] { append(entry, to: &text) }
      start = end + 1
    }
  }

  private func append(
    _ comment: StaticString, to text: inout [UInt8], where isIncluded: (SettingEntry) -> Bool
  ) {
    var isFirst = true
    for entry in entries where isIncluded(entry) {
      if isFirst { text.append(comment) }
      isFirst = false
      append(entry, to: &text)
    }
  }

  private func append(_ entry: SettingEntry, to text: inout [UInt8]) {
    text.append(kind.settings[entry.row].name)
    text.append(contentsOf: entry.suffix)
    text.append(entry.printed.isEmpty ? " =" : " = ")
    text.append(contentsOf: entry.printed)
    text.append("\n")
  }

  private func appendUnset(to text: inout [UInt8]) {
    var isFirst = true
    for setting in kind.settings where !setting.isFamily && entry(setting.name) == nil {
      text.append(isFirst ? "# not set: " : ", ")
      text.append(setting.name)
      isFirst = false
    }
    if !isFirst { text.append("\n") }
  }
}
