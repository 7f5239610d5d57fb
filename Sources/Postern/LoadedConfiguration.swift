import Bytes
import Configuration
import Cryptography
import Platform

/// A configuration as commands use it: loaded, and checked for what the file alone cannot tell.
struct LoadedConfiguration {
  let report: ConfigurationReport
  /// All findings, a line each.
  let messages: [UInt8]
  /// `nil` if there is any error.
  let configuration: Configuration?
  /// The contents of `tls_certificate` and `tls_key`.
  private(set) var tls: (certificate: [UInt8], key: [UInt8])?

  /// Loads; `nil` where the file cannot be read, which has been complained about.
  init?(_ source: ConfigurationFile) {
    guard let report = source.load() else { return nil }
    self.report = report
    messages = report.messages(file: source.name)
    configuration = report.configuration
  }
}
