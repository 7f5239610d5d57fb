import Bytes

/// Reads the lines of a file, and of those under and over it, into sections. Reports every error that one line shows.
struct ConfigurationReader {
  /// The most members that a section may have of one family.
  private static let familyLimit = 128

  let expander: ValueExpander
  /// The files that are read.
  let layers: ConfigurationLayers
  /// The lines of all of them. The findings and the sections have its numbers.
  private(set) var lines: LineMap
  /// The findings, by line.
  var list = FindingList()
  /// Suggests known names for unknown ones.
  var names = NearestName()
  /// The sections in file order, each once.
  private(set) var sections: [Section] = []
  /// How many values have a `${…}` that cannot be resolved here.
  private(set) var unresolved = 0
  /// The section that keys belong to. A repeated one is read like any other, and dropped.
  private var current: Section?
  /// Whether keys belong to an unknown section, so that they cannot be checked.
  private var isUnknown = false

  init(_ document: INIDocument, sources: ConfigurationSources) {
    expander = ValueExpander(sources: sources)
    layers = sources.layers()
    lines = LineMap(name: layers.name)
    var number = 0
    for layer in layers.below { read(layer, &number) }
    read(document, path: nil, &number)
    for layer in layers.above { read(layer, &number) }
  }

  private mutating func read(_ layer: ConfigurationLayers.Layer, _ number: inout Int) {
    let isReadable: Bool
    switch layer.file {
    case .contents: isReadable = true
    case .unreadable(let reason):
      isReadable = false
      list.report(number + 1, "the file cannot be read: \(reason)")
    }
    read(INIDocument(parsing: isReadable ? layer.text : []), path: layer.path, &number)
  }

  /// Reads a file; `number` is the number of lines before it, and then the one of its last line.
  private mutating func read(_ document: INIDocument, path: [UInt8]?, _ number: inout Int) {
    lines.add(path, after: number)
    current = nil
    isUnknown = false
    for line in document.lines {
      number += 1
      read(line, number: number)
    }
    // A file without lines may have a finding all the same.
    if document.lines.isEmpty { number += 1 }
  }

  private mutating func read(_ line: INILine, number: Int) {
    let bytes = line.bytes.span
    switch line.content {
    case .blank, .comment: return
    case .bad(let defect):
      let advice = defect == .missingEquals ? HiddenCharacter.advice(about: bytes) : nil
      list.report(number, advice.map { "\(defect.message); \($0)" } ?? "\(defect.message)")
      if defect.isSection { open(nil) }
    case .section(let type, let name):
      openSection(type: bytes.extracting(type), name: bytes.extracting(name ?? 0..<0), at: number)
    case .key(let name, let value):
      readKey(bytes.extracting(name), bytes.extracting(value), at: number)
    }
  }
}

// MARK: - Sections

extension ConfigurationReader {
  /// Begins a section; `nil` is an unknown one.
  private mutating func open(_ section: Section?) {
    current = section
    isUnknown = section == nil
  }

  private mutating func openSection(type: Span<UInt8>, name: Span<UInt8>, at line: Int) {
    guard let kind = SectionKind(type: type) else {
      open(nil)
      if let advice = HiddenCharacter.advice(about: type) {
        return reportUnknown(line, "unknown section [\(quoting: type)]; \(advice)")
      }
      if let other = OtherNames.section(type) {
        return reportUnknown(line, "unknown section [\(quoting: type)]; write \(other)")
      }
      let known = SectionKind.allCases.map { [UInt8]($0.type) }
      let nearest = names.find(type, among: known)
      let hint: Text = nearest.map { "; did you mean [\($0)]?" } ?? ""
      return reportUnknown(line, "unknown section [\(quoting: type)]\(hint)")
    }
    let section = Section(kind, name: kind.isNamed ? name.copied : [], origin: .line(line))
    open(section)
    if kind.isNamed, name.isEmpty {
      return list.report(line, "a [\(kind.type)] section needs a name: [\(kind.type) NAME]")
    }
    if !kind.isNamed, !name.isEmpty {
      list.report(line, "[\(kind.type)] cannot have a name; remove it")
    }
    if kind.isNamed, !SectionName.isName(name) {
      let advice = HiddenCharacter.advice(about: name) ?? "\(SectionName.rule)"
      list.report(line, "'\(quoting: name)' is not a valid name; \(advice)")
    }
    keep(section, at: line)
  }

  /// Keeps a section if it is new and there is room for it. One of a file below is continued.
  private mutating func keep(_ section: Section, at line: Int) {
    var count = 0
    for other in sections where other.kind == section.kind {
      count += 1
      guard other.name == section.name, let first = other.headers.last else { continue }
      guard lines.start(of: first) < lines.start(of: line) else {
        let place = lines.reference(to: first, from: line)
        return list.report(line, "\(section.header) was already given at \(place)")
      }
      other.add(header: line, isOwn: lines.isOwn(line))
      return open(other)
    }
    if count < section.kind.most {
      sections.append(section)
    } else {
      list.report(
        line, "there are more than \(section.kind.most) [\(section.kind.type)] sections")
    }
  }
}

// MARK: - Keys

extension ConfigurationReader {
  private mutating func readKey(_ key: Span<UInt8>, _ text: Span<UInt8>, at line: Int) {
    if isUnknown { return }
    guard let section = current else {
      return list.report(
        line, "the key '\(unknown: key)' is not in a section; move it below a [section] line")
    }
    guard let row = section.kind.setting(for: key) else {
      return reportUnknown(line, UnknownKey.message(for: key, in: section, &names))
    }
    let setting = section.kind.settings[row]
    var suffix: [UInt8] = []
    if setting.isFamily {
      let rest = key.extracting(setting.name.utf8CodeUnitCount..<key.count)
      if let objection = setting.objection(to: rest) {
        return list.report(line, "\(unknown: key): \(objection)")
      }
      suffix = rest.copied
    }
    guard isNew(setting, row, suffix, at: line, in: section) else { return }
    do throws(InvalidValue) {
      let read = try read(text, of: setting, key: key, at: line)
      let entry = SettingEntry(
        row: row, suffix: suffix, origin: .line(line), value: read.value, isDerived: read.isDerived,
        printed: setting.printed(
          read.value, writtenAs: text, suffix: suffix.span, isDerived: read.isDerived))
      section.add(entry)
      if let doubt = setting.doubt(about: entry, writtenAs: text) {
        list.warn(line, "\(quoting: key): \(doubt)")
      }
    } catch {
      let isLeft = error.isUnresolved && expander.sources.leavesUnresolved
      if error.isUnknownWord, expander.sources.ignoresUnknown,
        ignore(error, key, row, in: section, at: line)
      {
        return
      }
      if isLeft {
        unresolved += 1
      } else {
        list.report(line, "\(quoting: key): \(setting.message(of: error, writtenAs: text))")
      }
      section.add(
        SettingEntry(
          row: row, suffix: suffix, origin: .line(line), value: nil,
          isDerived: error.isUnresolved, printed: isLeft ? [UInt8](SecretMask.value) : []))
    }
  }

  /// Whether a setting is new, and its family has room for it. Names of header fields are compared without
  /// case, as servers do (RFC 9110 section 5.1).
  private mutating func isNew(
    _ setting: Setting, _ row: Int, _ suffix: [UInt8], at line: Int, in section: Section
  ) -> Bool {
    var members = 0
    for entry in section.entries where entry.row == row {
      members += 1
      let isSame =
        setting.ignoresCase
        ? entry.suffix.span.equalsIgnoringCase(suffix.span) : entry.suffix == suffix
      guard isSame, let first = entry.line else { continue }
      if lines.start(of: first) < lines.start(of: line) {
        replace(entry, in: section)
        return true
      }
      let place = lines.reference(to: first, from: line)
      list.report(line, "'\(setting.name)\(quoting: suffix)' was already given at \(place)")
      return false
    }
    if members < Self.familyLimit { return true }
    list.report(
      line, "there are more than \(Self.familyLimit) '\(setting.name)' keys in \(section.header)")
    return false
  }
}

// MARK: - Other files

extension ConfigurationReader {
  /// Forgets the value of a file below: another file has a later one. A `${…}` in it need not have a value.
  private mutating func replace(_ entry: SettingEntry, in section: Section) {
    section.remove(entry)
    guard entry.value == nil, entry.isDerived, let line = entry.line else { return }
    if expander.sources.leavesUnresolved { unresolved -= 1 } else { list.dropErrors(at: line) }
  }
}

// MARK: - What another version knows

extension ConfigurationReader {
  /// Reports a section or a key that this version does not know.
  private mutating func reportUnknown(_ line: Int, _ message: Text) {
    guard expander.sources.ignoresUnknown else { return list.report(line, message) }
    list.warn(line, "\(message); ignored")
  }

  /// Ignores a word that this version does not know, unless it leaves a key without any scope.
  ///
  /// Nothing is sent to a backend or a service of an unknown type, or that serves nothing known.
  private mutating func ignore(
    _ error: InvalidValue, _ key: Span<UInt8>, _ row: Int, in section: Section, at line: Int
  ) -> Bool {
    var result: StaticString = "ignored, so that the default applies"
    var isOff = section.kind.settings[row].name.equals("type")
    if let known = error.knownWords {
      if known.isEmpty, section.kind == .key { return false }
      isOff = known.isEmpty
      result = "ignored"
      if !isOff {
        section.add(
          SettingEntry(
            row: row, suffix: [], origin: .line(line), value: .text(known), isDerived: false,
            printed: known))
      }
    }
    section.ignoredRows.append(row)
    if isOff {
      section.isOff = true
      result = "it is not asked"
    }
    list.warn(line, "\(quoting: key): \(error.message); \(result)")
    return true
  }
}
