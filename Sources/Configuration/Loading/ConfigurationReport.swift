import Bytes

/// The result of loading a configuration.
public struct ConfigurationReport {
  /// The configuration, or `nil` if any finding is an error, or a `${…}` was left unresolved.
  public let configuration: Configuration?
  /// All errors and warnings, by line.
  public let findings: [Finding]
  /// The files that the configuration names, as they were read.
  public let files: [ReferencedFile]
  /// How many values have a `${…}` that was left unresolved.
  public let unresolved: Int
  /// The files under and over the configuration file, as they were read.
  public let layers: ConfigurationLayers
  /// The lines of all files.
  let lineMap: LineMap
  /// All sections. If the file is valid, they are complete.
  let sections: [Section]

  /// Whether no finding is an error.
  public var isValid: Bool { !findings.contains { $0.severity == .error } }

  /// The findings as lines of their own: `FILE:LINE: message`. `file` is the name of the configuration file.
  public func messages(file: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    for finding in findings { text += finding.line(file: file).bytes + [UInt8(ascii: "\n")] }
    return text
  }
}
