import Bytes

extension ConfigurationReport {
  /// Every setting of every section in effect, in the file's syntax: the output of `check --print`.
  ///
  /// Comments say where each comes from: a line of the file, an implied value, or the default. Read back, it
  /// gives the same configuration, except for secrets, which are `****`: keys, header fields, the values of
  /// `${…}`, and the queries of URLs. For valid configurations only.
  ///
  /// `control` is where the control socket is without a setting; `nil` for none.
  public func effectiveText(control: [UInt8]? = nil) -> [UInt8] {
    var text: [UInt8] = []
    for kind in SectionKind.allCases {
      for section in sections where section.kind == kind {
        if !text.isEmpty { text.append("\n") }
        section.appendEffective(lineMap, control: kind == .server ? control : nil, to: &text)
      }
    }
    return text
  }
}

extension Section {
  /// Appends the section: the values of the file in its order, the implied ones, the defaults, and a comment
  /// with the settings that have no value.
  fileprivate func appendEffective(
    _ lines: LineMap, control: [UInt8]?, to text: inout [UInt8]
  ) {
    switch origin {
    case .line(let line): Self.append(line, to: line, lines, to: &text)
    case .implied: text.append("# implied\n")
    case .standard: text.append("# default\n")
    }
    text.append(contentsOf: header.bytes)
    text.append("\n")
    appendGiven(lines, to: &text)
    append("# implied\n", to: &text) { if case .implied = $0.origin { true } else { false } }
    if let control, entry("control") == nil {
      text += ("# implied by the environment here\ncontrol = \(control)\n" as Text).bytes
    }
    append("# default\n", to: &text) { if case .standard = $0.origin { true } else { false } }
    appendUnset(to: &text, except: control == nil ? "" : "control")
  }

  /// Appends the values of the file. Settings on consecutive lines share a comment.
  private func appendGiven(_ lines: LineMap, to text: inout [UInt8]) {
    let given = entries.filter { $0.line != nil }
    var start = 0
    for end in given.indices {
      let line = given[end].line ?? 0
      if end + 1 < given.count, given[end + 1].line == line + 1 { continue }
      Self.append(line - (end - start), to: line, lines, to: &text)
      for entry in given[start...end] { append(entry, to: &text) }
      start = end + 1
    }
  }

  /// Appends the comment that says where settings are: `# line 3`, or `# FILE:3` if there are several files.
  private static func append(
    _ first: Int, to last: Int, _ lines: LineMap, to text: inout [UInt8]
  ) {
    let end = lines.place(of: last).line
    var comment: Text = "# line \(end)"
    if lines.hasLayers {
      comment = "# \(lines.name(of: first))"
      if first < last { comment += "-\(end)" }
    } else if first < last {
      comment = "# lines \(first) to \(end)"
    }
    text += comment.bytes
    text.append("\n")
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

  private func appendUnset(to text: inout [UInt8], except other: StaticString) {
    var isFirst = true
    for setting in kind.settings
    where !setting.isFamily && entry(setting.name) == nil && !setting.name.equals(other) {
      text.append(isFirst ? "# not set: " : ", ")
      text.append(setting.name)
      isFirst = false
    }
    if !isFirst { text.append("\n") }
  }
}
