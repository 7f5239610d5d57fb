/// A configuration file with changes that leave all other lines as they are.
public struct ConfigurationEdit {
  /// The file with all changes.
  public let text: [UInt8]
  /// The changes that the file needed, because it did not have their values already.
  public let made: [ConfigurationChange]
  /// The result of loading ``text``: valid.
  public let report: ConfigurationReport

  /// Makes changes in a file, one after another: all of them or none. O(file · changes).
  ///
  /// May be called on any thread that may use the sources.
  public init(
    _ changes: [ConfigurationChange], of text: [UInt8], from sources: ConfigurationSources
  ) throws(ConfigurationEditError) {
    let report = Configuration.load(text, from: sources)
    guard report.configuration != nil else { throw .invalidFile(report.findings) }
    var editor = ConfigurationEditor(INIDocument(parsing: text), report: report, sources: sources)
    for change in changes { try editor.apply(change) }
    self.report = try editor.finish()
    self.text = editor.document.bytes
    made = editor.made
  }
}
