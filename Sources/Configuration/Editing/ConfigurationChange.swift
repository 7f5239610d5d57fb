/// One change of a configuration file.
public enum ConfigurationChange: Sendable {
  /// Gives a setting a value, UTF-8: on its own line if it has one, else on a new line after the section's last.
  /// A setting that has this value already, from the file or by default, stays as it is, including its `${…}`.
  case set(SectionName, key: [UInt8], value: [UInt8])
  /// Removes a setting's line, if there is one.
  case unset(SectionName, key: [UInt8])
  /// Adds a section after the last of its kind.
  case add(SectionName)
  /// Removes a section, and its comment if no blank line separates them.
  case delete(SectionName)
}
