public import Configuration

/// A configuration's text that is invalid.
public struct InvalidConfiguration: Error {
  /// `LINE: MESSAGE` of each finding.
  public let findings: [String]
}

/// A configuration from its text, which cannot refer to environment variables or files.
public func configuration(_ text: String) throws(InvalidConfiguration) -> Configuration {
  let report = Configuration.load(
    bytes(text),
    from: ConfigurationSources(environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) })
  )
  guard let configuration = report.configuration else {
    throw InvalidConfiguration(
      findings: report.findings.map { "\($0.line): \($0.message.description)" })
  }
  return configuration
}
