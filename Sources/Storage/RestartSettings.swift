import Configuration

/// The settings that apply only from the start: sockets, memory and files.
struct RestartSettings {
  private let server: ServerSettings
  private let context: ContextSettings
  private let outbox: OutboxSettings

  init(_ configuration: Configuration) {
    server = configuration.server
    context = configuration.context
    outbox = configuration.outbox
  }

  /// The names of the settings that differ in a new configuration, as in the file.
  func differences(from new: RestartSettings) -> [StaticString] {
    var names: [StaticString] = []
    func note(_ name: StaticString, _ isDifferent: Bool) {
      if isDifferent { names.append(name) }
    }
    note("[server] listen", server.listen != new.server.listen)
    note("[server] control", server.control != new.server.control)
    // Another pair applies at once; whether there is one decides what the sockets speak.
    note("tls_certificate", (server.tls == nil) != (new.server.tls == nil))
    note("tls_key", (server.tls == nil) != (new.server.tls == nil))
    note("[server] socket_mode", server.socketMode != new.server.socketMode)
    note("[context] memory", context.memoryBytes != new.context.memoryBytes)
    note("[context] file", context.file != new.context.file)
    note("[context] sync", context.sync != new.context.sync)
    note("[outbox] file", outbox.file != new.outbox.file)
    note("[outbox] size", outbox.sizeBytes != new.outbox.sizeBytes)
    return names
  }
}
