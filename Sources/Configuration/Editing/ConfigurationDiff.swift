import Bytes

/// The lines in which two versions of a configuration file differ, as a unified diff without context.
///
/// Each hunk names its section, as `diff -U0 -F` does. Values of secret settings are `****`, and so are values in
/// comments, which may be settings of former times.
public struct ConfigurationDiff {
  private let old: INIDocument
  private let new: INIDocument
  /// A hash of each line, so that lines are compared at once.
  private let oldHashes: [UInt64]
  private let newHashes: [UInt64]

  /// Compares two versions. O(lines), where changes are small.
  public init(from old: INIDocument, to new: INIDocument) {
    self.old = old
    self.new = new
    oldHashes = old.lines.map(Self.hash)
    newHashes = new.lines.map(Self.hash)
  }

  /// The diff of the file at a path; empty where the versions are equal.
  public func text(path: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var (left, right) = (0, 0)
    while left < oldHashes.count || right < newHashes.count {
      if left < oldHashes.count, right < newHashes.count, oldHashes[left] == newHashes[right] {
        (left, right) = (left + 1, right + 1)
        continue
      }
      let (leftEnd, rightEnd) = end(of: left, right)
      if text.isEmpty { text += ("--- \(path)\n+++ \(path)\n" as Text).bytes }
      append(left..<leftEnd, right..<rightEnd, to: &text)
      (left, right) = (leftEnd, rightEnd)
    }
    return text
  }

  /// The farthest that a hunk's end is looked for.
  private static let farthest = 4096

  /// Where two positions that differ are followed by equal lines: the nearest such place, or the ends.
  private func end(of left: Int, _ right: Int) -> (Int, Int) {
    let (leftRest, rightRest) = (oldHashes.count - left, newHashes.count - right)
    for distance in 1...max(1, min(Self.farthest, leftRest + rightRest)) {
      for ahead in max(0, distance - rightRest)...min(distance, leftRest)
      where isEqual(left + ahead, right + distance - ahead) {
        return (left + ahead, right + distance - ahead)
      }
    }
    return (oldHashes.count, newHashes.count)
  }

  /// Whether the same follows at two positions: two lines, of which the first is not blank, or the end.
  private func isEqual(_ left: Int, _ right: Int) -> Bool {
    guard left < oldHashes.count, right < newHashes.count else {
      return left == oldHashes.count && right == newHashes.count
    }
    guard oldHashes[left] == newHashes[right] else { return false }
    if left + 1 == oldHashes.count || right + 1 == newHashes.count {
      return left + 1 == oldHashes.count && right + 1 == newHashes.count
    }
    return oldHashes[left + 1] == newHashes[right + 1]
  }

  private func append(_ removed: Range<Int>, _ added: Range<Int>, to text: inout [UInt8]) {
    text.append("@@ ")
    Self.append("-", removed, to: &text)
    text.append(" ")
    Self.append("+", added, to: &text)
    text.append(" @@")
    let section =
      removed.isEmpty && removed.lowerBound == 0
      ? nil : old.section(around: max(0, removed.lowerBound - (removed.isEmpty ? 1 : 0)))
    if let section { text += [UInt8](" ") + section.kind.header(name: section.name).bytes }
    text.append("\n")
    for index in removed { Self.append("-", old, index, to: &text) }
    for index in added { Self.append("+", new, index, to: &text) }
  }

  /// Appends the place of a hunk's lines; of none, the line before them.
  private static func append(_ sign: StaticString, _ lines: Range<Int>, to text: inout [UInt8]) {
    text.append(sign)
    text.append(decimal: lines.isEmpty ? lines.lowerBound : lines.lowerBound + 1)
    guard lines.count != 1 else { return }
    text.append(",")
    text.append(decimal: lines.count)
  }

  private static func append(
    _ sign: StaticString, _ document: INIDocument, _ index: Int, to text: inout [UInt8]
  ) {
    text.append(sign)
    let line = document.lines[index]
    text += shown(line, in: document.section(around: index)?.kind)
    if line.end.isEmpty { text.append("\n\\ No newline at end of file") }
    text.append("\n")
  }

  /// A line without its end and without secrets.
  private static func shown(_ line: INILine, in kind: SectionKind?) -> [UInt8] {
    let bytes = line.bytes.dropLast(line.end.count)
    switch line.content {
    case .key(let name, let value):
      if let kind, !hides(line[name].span, of: kind, line[value].span) { return Array(bytes) }
      return Array(line.bytes[..<value.lowerBound]) + [UInt8](SecretMask.value)
    case .comment:
      guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return Array(bytes) }
      return Array(bytes[...equals]) + [UInt8](SecretMask.value)
    case .blank, .section: return Array(bytes)
    case .bad: return [UInt8](SecretMask.value)
    }
  }

  /// Whether a value is not shown: a secret, a URL with a query or a password, a setting that does not exist.
  private static func hides(_ key: Span<UInt8>, of kind: SectionKind, _ value: Span<UInt8>) -> Bool
  {
    guard let row = kind.setting(for: key) else { return true }
    let setting = kind.settings[row]
    let suffix = key.extracting(min(setting.name.utf8CodeUnitCount, key.count)...)
    if setting.hides(suffix) { return true }
    return switch setting.type {
    case .url: value.firstIndex(of: UInt8(ascii: "?")) != nil
    case .proxy: value.firstIndex(of: UInt8(ascii: "@")) != nil
    default: false
    }
  }

  /// FNV-1a, with the end of the line.
  private static func hash(_ line: INILine) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in line.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
