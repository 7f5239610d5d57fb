import Bytes
import Configuration

/// The sections of a configuration's files, to tell which of them an edit has changed. Comments do not count.
struct ChangedSections {
  private var sections: [(file: [UInt8], name: [UInt8], hash: UInt64)] = []

  /// The most sections that are named.
  private static let most = 20

  /// The sections of a configuration file and its layers: each line belongs to the last header before it. O(n).
  init(of text: [UInt8], _ layers: ConfigurationLayers = ConfigurationLayers(name: [])) {
    add(text, of: [])
    for layer in layers.all { add(layer.text, of: layer.path) }
  }

  private mutating func add(_ text: [UInt8], of file: [UInt8]) {
    var hash = SipHash.unkeyed
    var name: [UInt8] = []
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let line = line.span.trimmingBlanks
      guard !line.isEmpty else { continue }
      switch line[0] {
      case UInt8(ascii: ";"), UInt8(ascii: "#"):
        continue
      case UInt8(ascii: "["):
        if !name.isEmpty { sections.append((file, name, hash.finish())) }
        let end = line.firstIndex(of: UInt8(ascii: "]")) ?? line.count - 1
        name = line.extracting(0...end).copied
        hash = SipHash.unkeyed
      default:
        hash.combine(line)
        hash.combine(byte: UInt8(ascii: "\n"))
      }
    }
    if !name.isEmpty { sections.append((file, name, hash.finish())) }
  }

  /// The headers of the sections that are new, different or gone in a later text; empty for none.
  func names(changedTo later: ChangedSections) -> [UInt8] {
    var names: [[UInt8]] = []
    for section in later.sections where section.hash != hash(of: section.name, in: section.file) {
      names.append(section.name)
    }
    for section in sections where later.hash(of: section.name, in: section.file) == nil {
      names.append(section.name)
    }
    var text: [UInt8] = []
    for name in names.prefix(ChangedSections.most) {
      if !text.isEmpty { text += [UInt8](", ") }
      text += name
    }
    if names.count > ChangedSections.most { text += [UInt8](", …") }
    return text
  }

  private func hash(of name: [UInt8], in file: [UInt8]) -> UInt64? {
    sections.first { $0.name == name && $0.file == file }?.hash
  }
}
