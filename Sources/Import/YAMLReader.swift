import Bytes
internal import CYAML

/// Reads a YAML document with libyaml.
struct YAMLReader: ~Copyable {
  private let parser: UnsafeMutableRawPointer
  /// Nodes with an anchor, by its name. Only complete ones, so that no node contains itself.
  private var anchors: [(name: [UInt8], node: YAMLNode)] = []
  private var nodes = 0

  /// The most values in a file, and the deepest nesting.
  private static let mostNodes = 200_000
  private static let deepest = 64
  private static let mostMembers = 1000

  /// Reads the only document of a text; an empty text is an empty mapping.
  static func read(_ text: [UInt8]) throws(ImportError) -> YAMLNode {
    var root: YAMLNode?
    var failure = ImportError.missingLibrary
    text.withUnsafeBufferPointer { bytes in
      guard let parser = cyaml_open(bytes.baseAddress, bytes.count) else { return }
      do throws(ImportError) {
        var reader = YAMLReader(parser: parser)
        root = try reader.document()
      } catch {
        failure = error
      }
    }
    guard let root else { throw failure }
    return root
  }

  private init(parser: UnsafeMutableRawPointer) {
    self.parser = parser
  }

  deinit { cyaml_close(parser) }

  private mutating func document() throws(ImportError) -> YAMLNode {
    let start = try next()
    guard Int(start.kind) != Int(CYAML_END) else { return YAMLNode(.mapping([]), line: 1) }
    let root = try node(try next(), depth: 0)
    let end = try next()
    guard Int(end.kind) == Int(CYAML_END) else {
      throw .invalid(
        line: Int(end.line), "a second document begins here; import each from a file of its own")
    }
    return root
  }

  private func next() throws(ImportError) -> cyaml_event {
    let event = cyaml_next(parser)
    guard Int(event.kind) == Int(CYAML_ERROR) else { return event }
    let words = bytes(event)
    // The commonest mistake, in other words.
    let isTab = words.span.containsIgnoringCase("cannot start any token")
    let hint: Text = isTab ? "; is there a tab before it? YAML is indented with blanks" : ""
    throw .invalid(line: Int(event.line), "the YAML is invalid: \(words)\(hint)")
  }

  private mutating func node(
    _ event: cyaml_event, depth: Int, at keyLine: Int? = nil
  ) throws(ImportError) -> YAMLNode {
    // A collection begins where its key is, not at its first element.
    let line = keyLine ?? Int(event.line)
    nodes += 1
    guard depth < Self.deepest, nodes < Self.mostNodes else {
      throw .invalid(line: line, "the file has too many values, or is nested too deeply")
    }
    let anchor = event.anchor.map { Text(cString: $0).bytes }
    let node: YAMLNode
    switch Int(event.kind) {
    case Int(CYAML_ALIAS):
      guard let target = anchors.last(where: { $0.name == anchor }) else {
        throw .invalid(line: line, "the alias *\(anchor ?? []) has no anchor before it")
      }
      return target.node
    case Int(CYAML_SEQUENCE): node = YAMLNode(.sequence(try elements(depth)), line: line)
    case Int(CYAML_MAPPING): node = YAMLNode(.mapping(try members(depth)), line: line)
    default: node = YAMLNode(.scalar(bytes(event), isPlain: event.is_plain != 0), line: line)
    }
    if let anchor { anchors.append((anchor, node)) }
    return node
  }

  private mutating func elements(_ depth: Int) throws(ImportError) -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let event = try next()
      if Int(event.kind) == Int(CYAML_SEQUENCE_END) { return elements }
      elements.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func members(
    _ depth: Int
  ) throws(ImportError) -> [(key: [UInt8], value: YAMLNode)] {
    var members: [(key: [UInt8], value: YAMLNode)] = []
    var lines: [Int] = []
    var merged: [YAMLNode] = []
    while true {
      let event = try next()
      if Int(event.kind) == Int(CYAML_MAPPING_END) {
        for node in merged {
          for member in node.members where !members.contains(where: { $0.key == member.key }) {
            members.append(member)
          }
        }
        return members
      }
      let line = Int(event.line)
      guard case .scalar(let key, _) = try node(event, depth: depth + 1).content else {
        throw .invalid(line: line, "the key is not a text")
      }
      if key.isText("<<") {
        let value = try node(try next(), depth: depth + 1)
        merged += value.elements.isEmpty ? [value] : value.elements
        continue
      }
      guard members.count < Self.mostMembers else {
        throw .invalid(line: line, "the mapping has more than \(Self.mostMembers) keys")
      }
      if let other = members.firstIndex(where: { $0.key == key }) {
        throw .invalid(
          line: line, "the key '\(key)' was already given at line \(lines[other]); remove one")
      }
      members.append((key, try node(try next(), depth: depth + 1, at: line)))
      lines.append(line)
    }
  }

  private func bytes(_ event: cyaml_event) -> [UInt8] {
    Array(UnsafeBufferPointer(start: event.text, count: event.length))
  }
}
