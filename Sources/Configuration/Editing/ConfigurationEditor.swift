import Bytes

/// A document with the changes made in it until now.
struct ConfigurationEditor {
  private(set) var document: INIDocument
  /// The changes that the document needed.
  private(set) var made: [ConfigurationChange] = []
  /// The configuration before the changes.
  private let report: ConfigurationReport
  private let sources: ConfigurationSources
  private var writer: ValueWriter
  /// Settings that have the wanted value without a line of their own, until another change takes it away.
  private var inherited: [(section: SectionName, key: [UInt8], value: [UInt8])] = []
  /// Settings that are removed.
  private var removed: [(section: SectionName, key: [UInt8])] = []

  init(_ document: INIDocument, report: ConfigurationReport, sources: ConfigurationSources) {
    self.document = document
    self.report = report
    self.sources = sources
    writer = ValueWriter(sources: sources)
  }

  mutating func apply(_ change: ConfigurationChange) throws(ConfigurationEditError) {
    switch change {
    case .set(let section, let key, let value):
      let (setting, row) = try setting(key, in: section)
      if isInherited(value, key, setting, row, in: section, report) {
        inherited.append((section, key, value))
      } else {
        try checkOtherFiles(section, key, setting, row)
        if try set(value, key, setting, in: section) { made.append(change) }
      }
    case .unset(let section, let key):
      let (setting, row) = try setting(key, in: section)
      try checkOtherFiles(section, key, setting, row)
      removed.append((section, key))
      guard let extent = document.extent(of: section) else {
        if implied(section) == nil { throw .noSuchSection(section) }
        return
      }
      let line = document.line(of: key, ignoringCase: setting.ignoresCase, in: extent)
      guard let line else { return }
      document.removeLine(at: line)
      made.append(change)
    case .add(let section):
      if document.extent(of: section) != nil { throw .sectionExists(section) }
      guard section.isValid else {
        throw refusal(
          section, nil, "'\(quoting: section.name)' is not a valid name; \(SectionName.rule)")
      }
      document.add(section)
      made.append(change)
    case .delete(let section):
      let found = report.section(section)
      for line in found?.headers ?? [] where !report.lineMap.isOwn(line) {
        throw .inOtherFile(section: found!.header, key: nil, place: report.lineMap.name(of: line))
      }
      guard let extent = document.extent(of: section) else { throw .noSuchSection(section) }
      document.delete(extent)
      made.append(change)
    }
  }

  /// Throws if a file over this one gives a setting: a change here would have no effect.
  private func checkOtherFiles(
    _ section: SectionName, _ key: [UInt8], _ setting: Setting, _ row: Int
  ) throws(ConfigurationEditError) {
    guard let found = report.section(section),
      let line = found.entry(row: row, key: key, setting)?.line, report.lineMap.isAbove(line)
    else { return }
    throw .inOtherFile(section: found.header, key: key, place: report.lineMap.name(of: line))
  }

  /// Loads the document after all changes.
  mutating func finish() throws(ConfigurationEditError) -> ConfigurationReport {
    var result = Configuration.load(document.bytes, from: sources)
    var isComplete = true
    for (section, key, value) in inherited {
      let (setting, row) = try setting(key, in: section)
      if document.extent(of: section) == nil, implied(section) == nil { continue }
      if isInherited(value, key, setting, row, in: section, result) { continue }
      if try set(value, key, setting, in: section) {
        made.append(.set(section, key: key, value: value))
      }
      isComplete = false
    }
    if !isComplete { result = Configuration.load(document.bytes, from: sources) }
    if result.configuration == nil { throw .refused(objections(result.findings)) }
    try checkRemovedSecrets(in: result)
    return result
  }

  /// Throws if a secret that was to be removed is still there, in a file below: it would go wherever the URL leads now.
  private func checkRemovedSecrets(
    in result: ConfigurationReport
  ) throws(ConfigurationEditError) {
    for (section, key) in removed {
      let (setting, row) = try setting(key, in: section)
      guard let found = result.section(section),
        let entry = found.entry(row: row, key: key, setting), let line = entry.line,
        entry.isDerived || setting.hides(entry.suffix.span)
      else { continue }
      throw .inOtherFile(
        section: found.header, key: key, place: result.lineMap.name(of: line))
    }
  }
}

// MARK: - Setting

extension ConfigurationEditor {
  /// Gives a setting its value. Returns `false` if it has it already.
  private mutating func set(
    _ value: [UInt8], _ key: [UInt8], _ setting: Setting, in section: SectionName
  ) throws(ConfigurationEditError) -> Bool {
    let extent = try open(section)
    let index = document.line(of: key, ignoringCase: setting.ignoresCase, in: extent)
    let old = index.map { document.lines[$0] }
    do throws(InvalidValue) {
      if let old, writer.value(of: old, setting) == (try setting.value(of: value)) { return false }
      let text = try writer.text(for: value, key: key, setting, inPlaceOf: old)
      let style = document.style(in: extent, kind: section.kind)
      if let index {
        document.setValue(text, at: index, style: style)
      } else {
        document.append(key: key, value: text, to: extent, style: style)
      }
      return true
    } catch {
      throw refusal(section, key, "\(quoting: key): \(error.message)")
    }
  }

  /// Finds a section in the document. One that is only implied is added first.
  private mutating func open(_ section: SectionName) throws(ConfigurationEditError) -> INIExtent {
    if let extent = document.extent(of: section) { return extent }
    guard let implied = implied(section) else { throw .noSuchSection(section) }
    document.add(section)
    if section.kind == .integration, implied.origin.line == nil {
      let name = section.kind.row(of: "name")
      for entry in implied.entries where entry.origin == .implied {
        if entry.row == name, entry.printed == section.name { continue }
        let extent = document.extent(of: section)!
        document.append(
          key: [UInt8](section.kind.settings[entry.row].name), value: entry.printed, to: extent,
          style: document.style(in: extent, kind: section.kind))
      }
    }
    return document.extent(of: section)!
  }

  /// A section that the file does not contain: it is implied, or another file has it.
  private func implied(_ section: SectionName) -> Section? {
    guard let found = report.section(section) else { return nil }
    if let line = found.origin.line, report.lineMap.isOwn(line) { return nil }
    return found
  }

  /// Whether a setting has a value without a line of its own in this file.
  private func isInherited(
    _ value: [UInt8], _ key: [UInt8], _ setting: Setting, _ row: Int, in section: SectionName,
    _ report: ConfigurationReport
  ) -> Bool {
    guard let found = report.section(section),
      let entry = found.entry(row: row, key: key, setting), let effective = entry.value
    else { return false }
    // A word that is ignored stays, for the version that knows it.
    let isIgnored = found.ignoredRows.contains(row)
    if !isIgnored, entry.line.map(report.lineMap.isOwn) ?? false { return false }
    // A file above decides, whatever this one has.
    let isAbove = entry.line.map(report.lineMap.isAbove) ?? false
    if !isAbove, !isIgnored, !setting.isFamily, let extent = document.extent(of: section) {
      let name = [UInt8](setting.name)
      if document.line(of: name, ignoringCase: false, in: extent) != nil { return false }
    }
    let wanted = try? setting.value(of: value)
    return wanted == effective
  }

  private func setting(
    _ key: [UInt8], in section: SectionName
  ) throws(ConfigurationEditError) -> (Setting, row: Int) {
    guard let row = section.kind.setting(for: key.span) else {
      let unknown = Section(section.kind, name: section.name, origin: .implied)
      throw refusal(section, key, UnknownKey.message(for: key.span, in: unknown))
    }
    let setting = section.kind.settings[row]
    if setting.isFamily {
      let suffix = key.span.extracting(setting.name.utf8CodeUnitCount..<key.count)
      if let objection = setting.objection(to: suffix) {
        throw refusal(section, key, "\(quoting: key): \(objection)")
      }
    }
    return (setting, row)
  }
}

// MARK: - Refusing

extension ConfigurationEditor {
  private func refusal(
    _ section: SectionName, _ key: [UInt8]?, _ message: Text
  ) -> ConfigurationEditError {
    .refused([ConfigurationObjection(section: section, key: key, message: message)])
  }

  /// The errors among findings, each with its section and setting.
  private func objections(_ findings: [Finding]) -> [ConfigurationObjection] {
    var objections: [ConfigurationObjection] = []
    for finding in findings where finding.severity == .error {
      if let file = finding.file {
        let message: Text = "\(file):\(finding.line): \(finding.message)"
        objections.append(ConfigurationObjection(section: nil, key: nil, message: message))
        continue
      }
      let index = finding.line - 1
      var key = finding.missing.map { [UInt8]($0) }
      if key == nil, case .key(let name, _) = document.lines[index].content {
        key = document.lines[index][name]
      }
      objections.append(
        ConfigurationObjection(
          section: document.section(around: index), key: key, message: finding.message))
    }
    return objections
  }
}

extension Setting {
  /// Reads a text that comes from outside the file.
  func value(of text: [UInt8]) throws(InvalidValue) -> SettingValue {
    try type.read(WrittenValue(bytes: text, isDerived: false))
  }
}

extension Section {
  /// The entry that a key of the file gives.
  fileprivate func entry(row: Int, key: [UInt8], _ setting: Setting) -> SettingEntry? {
    guard setting.isFamily else { return entry(row: row) }
    let suffix = key.span.extracting(setting.name.utf8CodeUnitCount..<key.count)
    for entry in entries where entry.row == row {
      let isSame =
        setting.ignoresCase
        ? entry.suffix.span.equalsIgnoringCase(suffix) : entry.suffix.span.equals(suffix)
      if isSame { return entry }
    }
    return nil
  }
}

extension ConfigurationReport {
  /// A section of the configuration.
  fileprivate func section(_ name: SectionName) -> Section? {
    for section in sections where section.kind == name.kind && section.name == name.name {
      return section
    }
    return nil
  }
}
