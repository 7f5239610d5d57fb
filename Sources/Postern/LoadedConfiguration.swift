import Bytes
import Configuration
import Cryptography
import Platform

/// A configuration as commands use it: loaded, and checked for what the file alone cannot tell.
struct LoadedConfiguration {
  let report: ConfigurationReport
  /// `nil` if there is any error.
  let configuration: Configuration?
  /// The contents of `tls_certificate` and `tls_key`, which belong together.
  let tls: (certificate: [UInt8], key: [UInt8])?

  /// Loads, and writes all findings to standard error, a line each. `nil` where the file cannot be read, which
  /// is said there too.
  init?(_ source: ConfigurationFile) {
    guard let report = source.load() else { return nil }
    self.report = report
    Console.complain(report.messages(file: source.name))
    guard let loaded = report.configuration, let paths = loaded.server.tls else {
      configuration = report.configuration
      tls = nil
      return
    }
    tls = LoadedConfiguration.identity(paths, source)
    configuration = tls == nil ? nil : loaded
  }

  private static func identity(
    _ paths: ServerSettings.TLS, _ source: ConfigurationFile
  ) -> (certificate: [UInt8], key: [UInt8])? {
    do throws(SystemError) {
      let limit = 1 << 20
      let certificate = try File.read(paths.certificate, limit: limit)
      let key = try File.read(paths.key, limit: limit)
      guard let fault = TLSIdentity.fault(certificate: certificate, key: key) else {
        return (certificate, key)
      }
      Console.complain(
        "\(source.name): \(paths.certificate) and \(paths.key) are no TLS identity: \(fault)")
    } catch {
      Console.complain("\(source.name): tls_certificate and tls_key: \(error.reason)")
    }
    return nil
  }
}
