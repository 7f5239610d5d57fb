public import Bytes

/// Why a configuration file could not be changed.
public enum ConfigurationEditError: Error {
  /// The file is not valid as it is, whatever the change.
  case invalidFile([Finding])
  /// Neither the file nor what it implies has such a section.
  case noSuchSection(SectionName)
  /// The file has such a section already.
  case sectionExists(SectionName)
  /// The file would not be valid. The first of these is what to tell whoever asked for the change.
  case refused([ConfigurationObjection])
}

/// What is wrong with a change.
public struct ConfigurationObjection: Sendable {
  /// The section that it is about, unless it is about the whole file.
  public let section: SectionName?
  /// The setting that it is about, unless it is about a whole section. One that is missing is named too.
  public let key: [UInt8]?
  /// What is wrong and, where it helps, what to write instead. Never contains a secret.
  public let message: Text
}
