import Foundation
import Testing
import TestSupport

@testable import Configuration

/// Thousands of random files and edits.
@Suite(.seeded) struct EditPropertyTests {
  /// `POSTERN_EDITS` gives another number of files.
  private static let count =
    ProcessInfo.processInfo.environment["POSTERN_EDITS"].flatMap { Int($0) } ?? 1000

  /// An edit, and what it may change.
  private struct Trial {
    let before: [UInt8]
    let after: [UInt8]
    /// Its name in Python: section and key, or the whole section without a key.
    let header: [UInt8]
    let key: [UInt8]?
  }

  @Test func changesWhatIsMeantAndNothingElse() throws {
    var random = SeededGenerator()
    var trials: [Trial] = []
    for round in 0..<Self.count {
      let file = EditableFile(&random, isForPython: round % 2 == 0)
      let trial = try trial(file, &random, round: round)
      if round % 2 == 0 { trials.append(trial) }
    }
    try comparePython(trials)
  }

  private func trial(
    _ file: EditableFile, _ random: inout SeededGenerator, round: Int
  ) throws -> Trial {
    let section = file.sections.randomElement(using: &random)!
    let isNeeded = section.name == EditableFile.theBot
    switch Int.random(in: (isNeeded ? 2 : 0)..<6, using: &random) {
    case 0:
      let added = SectionName(Bool.random(using: &random) ? .bot : .key, Array("added".utf8))
      var changes = [ConfigurationChange.add(added)]
      if added.kind == .key {
        changes.append(.set(added, key: Array("secret".utf8), value: Array("long-secret".utf8)))
      }
      let after = try edit(file, file.bytes, changes, round)
      let added2 = after.count - file.bytes.count
      try #require(isInsertion(of: added2, before: file.bytes, after: after), "round \(round)")
      try #require(
        try edit(file, after, [.delete(added)], round) == file.bytes, "round \(round): inverse")
      return Trial(before: file.bytes, after: after, header: header(added), key: nil)
    case 1:
      let after = try edit(file, file.bytes, [.delete(section.name)], round)
      try checkDeletion(file.bytes, after, section.name, round)
      return Trial(before: file.bytes, after: after, header: header(section.name), key: nil)
    case 2:
      guard let entry = section.entries.randomElement(using: &random) else { fallthrough }
      let after = try edit(file, file.bytes, [.unset(section.name, key: entry.key)], round)
      try checkLines(file.bytes, after, removed: 1, added: 0, round)
      if section.entries.count > 2, entry.key == section.entries.last!.key, entry.isCanonical,
        section.isRegular, !entry.isQuoted, followsAKey(entry.key, file.bytes, section.name)
      {
        let again = try edit(
          file, after, [.set(section.name, key: entry.key, value: entry.value)], round)
        // What the setting has without a line, by default or from another section, gets no line.
        let isInherited =
          try self.value(of: entry.key, in: section.name, after)
          == (try value(entry.value, of: entry.key, section.name.kind))
        try #require(
          text(again) == text(isInherited ? after : file.bytes), "round \(round): inverse")
      }
      return Trial(before: file.bytes, after: after, header: header(section.name), key: entry.key)
    default:
      let (key, value) = EditableFile.randomSetting(section.name.kind, &random)
      let change = ConfigurationChange.set(section.name, key: key, value: value)
      let after = try edit(file, file.bytes, [change], round)
      try #require(try edit(file, after, [change], round) == after, "round \(round): again")
      try checkValue(after, section.name, key, value, round)
      let old = section.entries.first { $0.key == key }
      if let old {
        try checkLines(file.bytes, after, removed: 1, added: 1, round)
        if old.isCanonical {
          let back = ConfigurationChange.set(section.name, key: key, value: old.value)
          let again = try edit(file, after, [back], round)
          try #require(text(again) == text(file.bytes), "round \(round): inverse")
        }
      } else {
        try checkLines(file.bytes, after, removed: 0, added: 1, round)
        try #require(
          try edit(file, after, [.unset(section.name, key: key)], round) == file.bytes,
          "round \(round): inverse")
      }
      return Trial(before: file.bytes, after: after, header: header(section.name), key: key)
    }
  }

  private func edit(
    _ file: EditableFile, _ bytes: [UInt8], _ changes: [ConfigurationChange], _ round: Int
  ) throws -> [UInt8] {
    do {
      return try ConfigurationEdit(changes, of: bytes, from: EditableFile.sources).text
    } catch {
      Issue.record("round \(round): \(error)\n\(String(decoding: bytes, as: UTF8.self))")
      throw error
    }
  }

  private func followsAKey(_ key: [UInt8], _ bytes: [UInt8], _ section: SectionName) -> Bool {
    let document = INIDocument(parsing: bytes)
    let line = document.line(of: key, ignoringCase: false, in: document.extent(of: section)!)!
    if case .key = document.lines[line - 1].content { return true }
    return false
  }

  private func header(_ name: SectionName) -> [UInt8] {
    [UInt8](name.kind.type) + (name.name.isEmpty ? [] : [0x20] + name.name)
  }

  // MARK: Lines

  private func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    INIDocument(parsing: bytes).lines.map { Array($0.bytes.dropLast($0.end.count)) }
  }

  /// The two files have the same lines, but for the edited ones.
  private func checkLines(
    _ before: [UInt8], _ after: [UInt8], removed: Int, added: Int, _ round: Int
  ) throws {
    if before == after { return }
    let (old, new) = (lines(before), lines(after))
    let shared = min(old.count, new.count)
    let prefix = (0..<shared).first { old[$0] != new[$0] } ?? shared
    var suffix = 0
    while suffix < shared - prefix, old[old.count - 1 - suffix] == new[new.count - 1 - suffix] {
      suffix += 1
    }
    try #require(old.count - prefix - suffix <= removed, "round \(round)")
    try #require(new.count - prefix - suffix <= added, "round \(round)")
    try #require(new.count - old.count == added - removed, "round \(round)")
    let isEndKept = (before.last == 10) == (after.last == 10) || new.last == []
    try #require(isEndKept, "round \(round): final newline")
  }

  private func isInsertion(of count: Int, before: [UInt8], after: [UInt8]) -> Bool {
    guard count > 0 else { return false }
    var prefix = 0
    while prefix < before.count, before[prefix] == after[prefix] { prefix += 1 }
    // A line end may be the last one of the old lines or of the new ones.
    return after.suffix(before.count - prefix).elementsEqual(before.suffix(before.count - prefix))
  }

  /// One run of lines is removed. It has no header and no key of another section, and no comment
  /// that a blank line separates from it.
  private func checkDeletion(
    _ before: [UInt8], _ after: [UInt8], _ section: SectionName, _ round: Int
  ) throws {
    let document = INIDocument(parsing: before)
    let extent = document.extent(of: section)!
    var old = lines(before)
    let kept = Array(old[..<extent.start]) + Array(old[extent.end...])
    old = kept
    let text = lines(after)
    // Blank lines aside, exactly the rest stays.
    func isBlank(_ line: [UInt8]) -> Bool {
      line.allSatisfy { $0 == 32 || $0 == 9 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    }
    func bare(_ line: [UInt8]) -> [UInt8] {
      line.starts(with: INILine.byteOrderMark) ? Array(line.dropFirst(3)) : line
    }
    try #require(
      old.filter { !isBlank($0) }.map(bare) == text.filter { !isBlank($0) }.map(bare),
      "round \(round)")
    try #require(
      before.starts(with: INILine.byteOrderMark) == after.starts(with: INILine.byteOrderMark),
      "round \(round): mark")
  }

  // MARK: Values

  private func checkValue(
    _ after: [UInt8], _ section: SectionName, _ key: [UInt8], _ value: [UInt8], _ round: Int
  ) throws {
    let found = try self.value(of: key, in: section, after)
    try #require(found == (try self.value(value, of: key, section.kind)), "round \(round)")
  }

  /// The value that a setting has in a file, with or without a line; `nil` if it has none.
  private func value(
    of key: [UInt8], in section: SectionName, _ file: [UInt8]
  ) throws -> SettingValue? {
    let report = Configuration.load(file, from: EditableFile.sources)
    let found = try #require(
      report.sections.first { $0.kind == section.kind && $0.name == section.name })
    let place = section.kind.setting(for: key.span)
    let row = try #require(place)
    let setting = section.kind.settings[row]
    let suffix = setting.isFamily ? Array(key.dropFirst(setting.name.utf8CodeUnitCount)) : []
    return found.entries.first { $0.row == row && $0.suffix == suffix }?.value
  }

  /// The value that a text means.
  private func value(_ text: [UInt8], of key: [UInt8], _ kind: SectionKind) throws -> SettingValue {
    let place = kind.setting(for: key.span)
    return try kind.settings[try #require(place)].value(of: text)
  }

  /// Python reads all other keys as before.
  private func comparePython(_ trials: [Trial]) throws {
    let shapes = try configparser(trials.flatMap { [$0.before, $0.after] })
    try #require(shapes.count == 2 * trials.count)
    for (index, trial) in trials.enumerated() {
      let before = try others(shapes[2 * index], trial)
      let after = try others(shapes[2 * index + 1], trial)
      guard before != after else { continue }
      Issue.record(
        """
        \(String(decoding: trial.header, as: UTF8.self)): \
        \(String(decoding: trial.before, as: UTF8.self))
        ----
        \(String(decoding: trial.after, as: UTF8.self))
        """)
      return
    }
  }

  /// Everything that Python read, but for the changes of the trial.
  private func others(_ shape: ArraySlice<UInt8>, _ trial: Trial) throws -> [[UInt8]] {
    try #require(shape.isEmpty || shape.first == 0x1D, "Python takes the file")
    var others: [[UInt8]] = []
    for section in shape.split(separator: 0x1D) {
      let parts = section.split(separator: 0x1F, omittingEmptySubsequences: false).map(Array.init)
      let isMeant = parts[0] == trial.header
      if isMeant, trial.key == nil { continue }
      others.append(parts[0])
      for pair in stride(from: 1, to: parts.count - 1, by: 2) {
        if isMeant, parts[pair] == trial.key { continue }
        others.append(parts[pair] + [0x3D] + parts[pair + 1])
      }
    }
    return others
  }
}
