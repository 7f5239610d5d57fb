/// One change of a configuration file.
public enum ConfigurationChange: Sendable {
  /// Gives a setting a value, UTF-8: on its own line if it has one, else on a new one behind the section's last. A
  /// setting that has this value already, by itself or by default, is left as it is, `${…}` and all.
  case set(SectionName, key: [UInt8], value: [UInt8])
  /// Takes a setting's line out; what is not there is left alone.
  case unset(SectionName, key: [UInt8])
  /// Opens a section, behind the last of its kind.
  case add(SectionName)
  /// Takes a section out, with its comment where no blank line stands between them.
  case delete(SectionName)
}
