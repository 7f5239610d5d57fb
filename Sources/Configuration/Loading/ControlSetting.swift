extension Configuration {
  /// `[server] control` of a configuration file, as far as it can be read; `nil` if it is absent.
  ///
  /// The rest of the file may be invalid: a command of another user cannot read the gateway's secrets.
  public static func control(in bytes: [UInt8], from sources: ConfigurationSources) -> [UInt8]? {
    guard bytes.count <= INIDocument.maximumSize else { return nil }
    let reader = ConfigurationReader(INIDocument(parsing: bytes), sources: sources)
    return reader.sections.first { $0.kind == .server }?.entry("control")?.text?.bytes
  }
}
