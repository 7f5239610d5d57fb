/// A configuration file with changes made in it that leave every line alone that they need not touch.
public struct ConfigurationEdit {
  /// The file with all changes.
  public let text: [UInt8]
  /// What comes of loading it: valid.
  public let report: ConfigurationReport

  /// Makes changes, one after the other, in a file; all of them or none. O(file · changes).
  ///
  /// May be called on any thread that the sources may be used on.
  public init(
    _ changes: [ConfigurationChange], of text: [UInt8], from sources: ConfigurationSources
  ) throws(ConfigurationEditError) {
    let report = Configuration.load(text, from: sources)
    guard report.configuration != nil else { throw .invalidFile(report.findings) }
    var editor = ConfigurationEditor(INIDocument(parsing: text), report: report, sources: sources)
    for change in changes { try editor.apply(change) }
    self.report = try editor.finish()
    self.text = editor.document.bytes
  }
}
