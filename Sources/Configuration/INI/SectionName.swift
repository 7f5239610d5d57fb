import Bytes

/// Identifies a section of a configuration file.
public struct SectionName: Equatable, Sendable {
  /// Its kind.
  public let kind: SectionKind
  /// Its name; empty for a kind that has only one section.
  public let name: [UInt8]

  /// The section of this kind and name.
  public init(_ kind: SectionKind, _ name: [UInt8] = []) {
    self.kind = kind
    self.name = name
  }

  /// Whether a file may have a section of this name.
  public var isValid: Bool {
    kind.isNamed ? Self.isName(name.span) : name.isEmpty
  }

  /// The rule for names, as the end of a message.
  public static var rule: StaticString {
    "use 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter or digit"
  }

  /// The rule for names as a regular expression of JSON Schema.
  package static var pattern: StaticString { "^[a-z0-9][a-z0-9_-]{0,63}$" }

  /// Whether a section may have this name, which is also its id: ``rule``.
  public static func isName(_ bytes: Span<UInt8>) -> Bool {
    guard !bytes.isEmpty, bytes.count <= 64 else { return false }
    guard bytes[0] != UInt8(ascii: "_"), bytes[0] != UInt8(ascii: "-") else { return false }
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return true
  }
}
