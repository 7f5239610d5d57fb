import Bytes
import Configuration

/// The settings that are put in force at the start alone: sockets, memory and files that the process then has.
struct RestartSettings {
  private let server: ServerSettings
  private let context: ContextSettings
  private let tls: (certificate: [UInt8], key: [UInt8])?

  init(_ configuration: Configuration, _ tls: (certificate: [UInt8], key: [UInt8])?) {
    server = configuration.server
    context = configuration.context
    self.tls = tls
  }

  /// The names of those that are others in a configuration, as the file has them; empty for none.
  func differences(from new: RestartSettings) -> Text {
    var names: Text = ""
    func note(_ name: StaticString, _ isDifferent: Bool) {
      guard isDifferent else { return }
      names += names.bytes.isEmpty ? "\(name)" : ", \(name)"
    }
    note("[server] listen", server.listen != new.server.listen)
    note("tls_certificate", tls?.certificate != new.tls?.certificate)
    note("tls_key", tls?.key != new.tls?.key)
    note("[context] memory", context.memoryBytes != new.context.memoryBytes)
    note("[context] file", context.file != new.context.file)
    note("[context] sync", context.sync != new.context.sync)
    return names
  }
}
