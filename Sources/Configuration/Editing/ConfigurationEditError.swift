public import Bytes

/// Why a configuration file could not be changed.
public enum ConfigurationEditError: Error {
  /// The file is invalid already, before any change.
  case invalidFile([Finding])
  /// Neither the file nor its implied sections have this one.
  case noSuchSection(SectionName)
  /// The file has this section already.
  case sectionExists(SectionName)
  /// Another file has the section, or gives its setting a value that applies in place of the wanted one. `section` is
  /// its header, `place` is `FILE:LINE`.
  case inOtherFile(section: Text, key: [UInt8]?, place: Text)
  /// The file would be invalid. The first objection is the one to tell the client.
  case refused([ConfigurationObjection])
}

/// What is wrong with a change.
public struct ConfigurationObjection: Sendable {
  /// The section; `nil` for the whole file.
  public let section: SectionName?
  /// The setting, which may be missing; `nil` for the whole section.
  public let key: [UInt8]?
  /// What is wrong and, where it helps, what to write instead. Never contains a secret.
  public let message: Text
}
