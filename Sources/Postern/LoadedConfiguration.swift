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
  /// What is wrong beyond the findings, in words.
  let complaint: Text?

  /// Loads, and writes all that is wrong to standard error, a line each. `nil` where the file cannot be read, which
  /// is said there too.
  init?(_ source: ConfigurationFile) {
    do throws(SystemError) {
      self.init(try source.read(), name: source.name, from: ConfigurationFile.sources)
    } catch {
      Console.complain("\(source.name): \(error.reason)")
      return nil
    }
    Console.complain(report.messages(file: source.name))
    if let complaint { Console.complain(complaint) }
  }

  /// Loads the text of a file of this name.
  init(_ text: [UInt8], name: [UInt8], from sources: ConfigurationSources) {
    report = Configuration.load(text, from: sources)
    guard let loaded = report.configuration, let paths = loaded.server.tls else {
      configuration = report.configuration
      tls = nil
      complaint = nil
      return
    }
    do throws(IdentityError) {
      tls = try LoadedConfiguration.identity(paths)
      configuration = loaded
      complaint = nil
    } catch {
      tls = nil
      configuration = nil
      complaint = "\(name): \(error.message)"
    }
  }

  private struct IdentityError: Error {
    let message: Text
  }

  private static func identity(
    _ paths: ServerSettings.TLS
  ) throws(IdentityError) -> (certificate: [UInt8], key: [UInt8]) {
    let certificate: [UInt8]
    let key: [UInt8]
    do throws(SystemError) {
      let limit = 1 << 20
      certificate = try File.read(paths.certificate, limit: limit)
      key = try File.read(paths.key, limit: limit)
    } catch {
      throw IdentityError(message: "tls_certificate and tls_key: \(error.reason)")
    }
    if let fault = TLSIdentity.fault(certificate: certificate, key: key) {
      throw IdentityError(
        message: "\(paths.certificate) and \(paths.key) are no TLS identity: \(fault)")
    }
    return (certificate, key)
  }
}
