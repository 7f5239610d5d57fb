import Bytes

/// Finds how to write a value in the file so that reading gives the same value.
package struct ValueWriter {
  private var reader: ConfigurationReader

  /// A writer of values that are read with these sources.
  init(sources: ConfigurationSources) {
    reader = ConfigurationReader(INIDocument(parsing: []), sources: sources)
  }

  /// The value that a key line gives its setting; `nil` for an invalid one.
  mutating func value(of line: INILine, _ setting: Setting) -> SettingValue? {
    guard case .key(let name, let text) = line.content else { return nil }
    let bytes = line.bytes.span
    do throws(InvalidValue) {
      return try reader.read(
        bytes.extracting(text), of: setting, key: bytes.extracting(name), at: 1
      ).value
    } catch {
      return nil
    }
  }

  /// The text for a value: as it is where possible, else in double quotes.
  ///
  /// `old` is the key line that it replaces, if there is one. Needless quotes in it are kept.
  mutating func text(
    for value: [UInt8], key: [UInt8], _ setting: Setting, inPlaceOf old: INILine?
  ) throws(InvalidValue) -> [UInt8] {
    let wanted = try setting.type.read(WrittenValue(bytes: value, isDerived: false))
    var candidates = [Self.plain(value), Self.quoted(value)]
    if let old, hasNeedlessQuotes(old, key: key, setting) { candidates.swapAt(0, 1) }
    for candidate in candidates where isRead(candidate, as: wanted, key: key, setting) {
      return candidate
    }
    if value.contains(UInt8(ascii: "\r")) {
      throw InvalidValue(
        "the text contains a carriage return, which a configuration file cannot; end its lines with \\n alone"
      )
    }
    if case .bad(let defect) = line(key, candidates[1]).content {
      throw InvalidValue("\(defect.message)")
    }
    throw InvalidValue("a configuration file cannot contain this value")
  }

  private mutating func hasNeedlessQuotes(
    _ line: INILine, key: [UInt8], _ setting: Setting
  ) -> Bool {
    guard case .key(_, let text) = line.content, let value = value(of: line, setting),
      WrittenValue.Quoting(of: line.bytes.span.extracting(text)) == .whole
    else { return false }
    let inside = Array(line.bytes[text].dropFirst().dropLast())
    return isRead(inside, as: value, key: key, setting)
  }

  /// Whether reading a text gives a value, without a warning that quotes prevent.
  private mutating func isRead(
    _ text: [UInt8], as wanted: SettingValue, key: [UInt8], _ setting: Setting
  ) -> Bool {
    let line = line(key, text)
    guard case .key(_, let range) = line.content, range.count == text.count else { return false }
    let warnings = reader.list.findings.count
    guard value(of: line, setting) == wanted, reader.list.findings.count == warnings else {
      return false
    }
    if case .json = setting.type { return true }
    return WrittenValue.Quoting(of: text.span) != .unclosed
  }

  private func line(_ key: [UInt8], _ text: [UInt8]) -> INILine {
    INILine(key + [UInt8]("=") + text)
  }

  /// A text as the value of a key line, in double quotes where it would be misread without them.
  package static func written(_ text: [UInt8]) -> [UInt8] {
    let needsQuotes =
      text.first?.isBlank != false || text.last?.isBlank != false
      || text.contains { $0.isControl } || WrittenMistake.needsQuotes(text.span, .word)
      || text.first == UInt8(ascii: "\"")
    return needsQuotes && !text.isEmpty ? quoted(text) : plain(text)
  }

  /// The value as it is, with `${` escaped.
  private static func plain(_ value: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    for index in value.indices {
      let byte = value[index]
      let next: UInt8? = index + 1 < value.count ? value[index + 1] : nil
      if byte == UInt8(ascii: "$"), next == UInt8(ascii: "{") { text.append(byte) }
      text.append(byte)
    }
    return text
  }

  /// The value in double quotes.
  private static func quoted(_ value: [UInt8]) -> [UInt8] {
    var text = [UInt8]("\"")
    for byte in plain(value) {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      case UInt8(ascii: "\n"): text.append("\\n")
      case UInt8(ascii: "\t"): text.append("\\t")
      default: text.append(byte)
      }
    }
    text.append("\"")
    return text
  }
}
