import Bytes

/// A value of a YAML document.
///
/// Aliases share the node of their anchor.
final class YAMLNode {
  /// What it is.
  enum Content {
    /// A text. `isPlain` says that it has no quotes, so that it may be a number, a boolean or null.
    case scalar([UInt8], isPlain: Bool)
    case sequence([YAMLNode])
    /// The keys in order, each once; those that it merges with `<<` last.
    case mapping([(key: [UInt8], value: YAMLNode)])
  }

  /// What it is.
  let content: Content
  /// The line where it begins, from 1.
  let line: Int

  /// How many values it has in it, each alias counted in full, up to a limit: aliases can make them endless.
  let size: Int

  init(_ content: Content, line: Int) {
    self.content = content
    self.line = line
    var size = 1
    switch content {
    case .scalar: break
    case .sequence(let elements):
      for element in elements { size = min(size + element.size, YAMLNode.mostSize) }
    case .mapping(let members):
      for member in members { size = min(size + member.value.size, YAMLNode.mostSize) }
    }
    self.size = size
  }

  /// The limit of ``size``, and more than a value may have that is written out.
  static let mostSize = 10_000

  /// The text of a scalar; `nil` for null and for collections.
  var text: [UInt8]? {
    guard case .scalar(let text, let isPlain) = content else { return nil }
    return isPlain && Self.isNull(text.span) ? nil : text
  }

  /// The elements of a sequence; empty for anything else.
  var elements: [YAMLNode] {
    if case .sequence(let elements) = content { elements } else { [] }
  }

  /// The members of a mapping; empty for anything else.
  var members: [(key: [UInt8], value: YAMLNode)] {
    if case .mapping(let members) = content { members } else { [] }
  }

  /// The member of this name.
  subscript(name: StaticString) -> YAMLNode? {
    members.first { $0.key.span.equals(name) }?.value
  }

  /// Whether it is null or has nothing in it.
  var isEmpty: Bool {
    switch content {
    case .scalar(let text, let isPlain): isPlain && Self.isNull(text.span)
    case .sequence(let elements): elements.isEmpty
    case .mapping(let members): members.isEmpty
    }
  }

  /// A boolean of YAML 1.1, as LiteLLM reads it; `nil` for anything else.
  var boolean: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    for (word, value) in Self.booleans where text.span.equalsIgnoringCase(word) { return value }
    return nil
  }

  private static func isNull(_ text: Span<UInt8>) -> Bool {
    text.isEmpty || text.equals("~") || text.equalsIgnoringCase("null")
  }

  private static let booleans: [(word: StaticString, value: Bool)] = [
    ("true", true), ("false", false), ("yes", true), ("no", false), ("on", true), ("off", false),
  ]
}
