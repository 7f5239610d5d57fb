import Bytes

/// Which section of a configuration file.
public struct SectionName: Equatable, Sendable {
  /// What kind it is.
  public let kind: SectionKind
  /// Its name; empty for a kind of which there is one.
  public let name: [UInt8]

  /// The section of this kind and name.
  public init(_ kind: SectionKind, _ name: [UInt8] = []) {
    self.kind = kind
    self.name = name
  }

  /// Whether a file may have a section of this name.
  public var isValid: Bool {
    kind.isNamed ? INILine.isName(name.span) : name.isEmpty
  }
}
