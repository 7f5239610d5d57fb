import API
import Bytes
import Configuration
import Context
import EventLoop
import Exchange
import HTTPClient
import HTTPServer
import Logging
import Outbox
import Platform
import Storage

/// `postern run`: serves until told to stop.
struct RunCommand {
  let file: [UInt8]?
  /// Whether what this version does not know is ignored.
  let ignoresUnknown: Bool

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    let remains = source.cleanUp()
    let identity = source.identity
    guard let report = source.load(ignoresUnknown: ignoresUnknown, logsWarnings: true),
      let configuration = report.configuration
    else {
      return .failure
    }
    Environment.useOneHeap()
    let budget = DescriptorBudget(limit: Environment.raiseDescriptorLimit())
    do throws(SystemError) {
      // Signals first: threads started from now on leave them alone.
      let signals = try SignalQueue()
      let loop = try EventLoop()
      let log = makeLog(configuration.log, on: loop)
      defer { log.drain() }
      note(source, report.findings, in: log)
      note(remains, of: source, in: log)
      note(budget, for: configuration, in: log)
      guard
        let gateway = try Gateway(
          configuration, settings(configuration, budget),
          keptConnections: budget.connections(for: configuration).kept, on: loop, log)
      else { return .failure }
      let reload = makeReload(of: source, identity, report, configuration, log: log, loop: loop)
      try serve(gateway, configuration, source, reload, budget, obeying: signals)
      reload?.end()
      gateway.close()
      return .success
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }

  /// Serves until a signal says to stop.
  private func serve(
    _ gateway: Gateway, _ configuration: Configuration, _ source: ConfigurationFile,
    _ reload: Reload?, _ budget: DescriptorBudget, obeying signals: consuming SignalQueue
  ) throws(SystemError) {
    let (application, log, loop) = (gateway.application, gateway.log, gateway.loop)
    let reminder = CertificateReminder(configuration.server.tls, log: log, loop: loop)
    let manager = ServiceManager(application, on: loop)
    if let reload {
      connect(reload, gateway, manager, reminder, budget)
      reload.watch()
    }
    let shutdown = Shutdown(
      server: gateway.server, application: application, loop: loop, log: log,
      onHangUp: {
        manager.noteReloading()
        guard let reload else {
          noteMissingFile(source, in: log)
          return manager.noteReady()
        }
        reload.begin { _ in manager.noteReady() }
      }, onStop: { manager.noteStopping() })
    try shutdown.obey(signals)
    manager.keep(gateway.server.keepableSockets)
    manager.noteReady()
    manager.beginBeating()
    try loop.run()
  }

  /// Applies changes of the file; `nil` where the configuration does not come from one.
  private func makeReload(
    of source: ConfigurationFile, _ identity: FileIdentity?, _ report: ConfigurationReport,
    _ configuration: Configuration, log: Log, loop: EventLoop
  ) -> Reload? {
    guard let path = source.path else { return nil }
    return Reload(
      of: path, identity, naming: report.files,
      from: source.regularSources(ignoresUnknown: ignoresUnknown),
      applied: configuration, log: log, loop: loop)
  }

  private func noteMissingFile(_ source: ConfigurationFile, in log: Log) {
    log.write(.warning, "not_reloaded") { line in
      line.field("configuration", source.name)
      line.field("message", "there is no file to read again: restart to apply a change")
    }
  }

  /// Passes a new configuration on to the gateway, the server and the client, whether the API or an administrator
  /// changed the file.
  private func connect(
    _ reload: Reload, _ gateway: Gateway, _ manager: ServiceManager,
    _ reminder: CertificateReminder, _ budget: DescriptorBudget
  ) {
    let (application, server, client) = (gateway.application, gateway.server, gateway.client)
    reload.onFaults = { application.status.note(faults: $0) }
    reload.onRestartNeeded = { application.status.note(restartNeeded: $0) }
    reload.onResult = {
      application.status.note($0)
      manager.noteStatus()
    }
    application.reload = { reload.begin(then: $0) }
    reload.onValid = { configuration in
      if server.adopt(settings(configuration, budget)) {
        reminder.adopt(configuration.server.tls)
      }
      client.keep(connections: budget.connections(for: configuration).kept)
      application.adopt(configuration)
    }
    application.manage(
      with: ConfigurationWriter(
        path: reload.path, sources: reload.sources, worker: gateway.worker,
        mayBeEmpty: { reload.isEmpty }
      ) { reload.adopt($0) })
  }

  /// Logs what the start has to say about the configuration.
  private func note(_ source: ConfigurationFile, _ findings: [Finding], in log: Log) {
    if case .builtIn = source {
      log.write(.warning, "no_configuration") {
        $0.field("message", "no configuration file: running with the built-in default")
      }
    }
    for finding in findings {
      let text = finding.line(file: source.name)
      log.write(.warning, "configuration_warning") { $0.field("message", text) }
    }
  }

  /// Logs what a crash during a change had left beside the file.
  private func note(
    _ remains: FileReplacement.Remains, of source: ConfigurationFile, in log: Log
  ) {
    switch remains {
    case .none:
      break
    case .restored:
      log.write(.warning, "configuration_restored") { line in
        line.field("file", source.name)
        line.field(
          "message",
          "a crash cut a change off, and the file had been saved meanwhile: the change was undone")
      }
    case .kept(let path):
      log.write(.warning, "configuration_kept") { line in
        line.field("file", path)
        line.field(
          "message",
          "this was saved while a crash cut a change off: compare it with the file, then remove it")
      }
    }
  }

  /// Warns where the system allows fewer descriptors than the configuration may need.
  private func note(_ budget: DescriptorBudget, for configuration: Configuration, in log: Log) {
    guard budget.isShort(for: configuration) else { return }
    let clients = budget.connections(for: configuration).clients
    log.write(.warning, "few_descriptors") { line in
      line.field("limit", budget.limit)
      line.field("connections", clients)
      line.field(
        "message",
        """
        max_connections and in_flight may need \(budget.need(of: configuration)), so that at most \(clients) clients \
        are served at once: raise ulimit -n or LimitNOFILE
        """)
    }
  }

  private func makeLog(_ settings: LogSettings, on loop: EventLoop) -> Log {
    let log = Log(level: settings.logLevel, format: settings.logFormat)
    log.onPending = { loop.atEndOfTurn { flush(log, on: loop) } }
    return log
  }

  /// Writes the lines that wait. If the reader is slow, the rest follows a little later.
  private func flush(_ log: Log, on loop: EventLoop) {
    guard !log.flush() else { return }
    _ = loop.schedule(after: .milliseconds(50)) { flush(log, on: loop) }
  }

  private func settings(
    _ configuration: Configuration, _ budget: DescriptorBudget
  ) -> HTTPServer.Settings {
    let settings = configuration.server
    return HTTPServer.Settings(
      connectionLimit: budget.connections(for: configuration).clients,
      connectionLimitPerAddress: settings.maxConnectionsPerIP,
      limitsLoopback: settings.limitsLoopback,
      idleTimeout: .milliseconds(settings.idleTimeoutMilliseconds),
      requestTimeout: .milliseconds(settings.requestTimeoutMilliseconds),
      tls: settings.tls.map { ($0.certificate, $0.key) })
  }
}
