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
      if case .builtIn = source {
        log.write(.warning, "no_configuration") {
          $0.field("message", "no configuration file: running with the built-in default")
        }
      }
      for finding in report.findings {
        let text = finding.line(file: source.name)
        log.write(.warning, "configuration_warning") { $0.field("message", text) }
      }
      note(remains, of: source, in: log)
      note(budget, for: configuration, in: log)
      let client = HTTPClient(
        on: loop, keptConnections: budget.connections(for: configuration).kept)
      let services = Services(loop: loop, client: client, log: log, random: RandomSource())
      let worker = try BlockingWorker()
      _ = try loop.register(worker.number, for: .read) { _ in worker.deliver() }
      guard let context = openContext(configuration.context, services, worker) else {
        return .failure
      }
      guard let outbox = openOutbox(configuration, services, worker) else { return .failure }
      let application = Application(
        configuration, context: context, outbox: outbox, services: services, version: version)
      let server = HTTPServer(
        settings(configuration, budget), on: loop, random: services.random)
      server.handler = Router(to: application)
      server.onAcceptFailure = { error in
        log.write(.warning, "accept_failed") { $0.field("reason", error.reason) }
      }
      server.onTurnedAway = { notice in
        log.write(notice.reason.isLimit ? .warning : .info, "turned_away") { line in
          line.field("reason", notice.reason.name)
          line.field("peer", notice.address.text)
          if notice.omitted > 0 { line.field("omitted", notice.omitted) }
        }
      }
      guard Listening(configuration.server, log).open(server) else { return .failure }
      let reminder = CertificateReminder(configuration.server.tls, log: log, loop: loop)
      let manager = ServiceManager(application, on: loop)
      let reload = makeReload(of: source, identity, report, configuration, log: log, loop: loop)
      if let reload {
        connect(reload, application, manager, server, client, worker, reminder, budget)
        reload.watch()
      }
      let shutdown = Shutdown(
        server: server, application: application, loop: loop, log: log,
        onHangUp: {
          manager.noteReloading()
          guard let reload else {
            noteMissingFile(source, in: log)
            return manager.noteReady()
          }
          reload.begin { _ in manager.noteReady() }
        }, onStop: { manager.noteStopping() })
      try shutdown.obey(signals)
      manager.keep(server.keepableSockets)
      manager.noteReady()
      manager.beginBeating()
      try loop.run()
      reload?.end()
      // Before the server: replies may wait for a flush that is being made.
      worker.close()
      server.close()
      client.close()
      // The outbox first: what is finished there can still be put into the context, but not the other way around.
      outbox.close()
      context.close()
      application.end()
      log.write(.info, "stopped") { _ in }
      log.drain()
      loop.close()
      return .success
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
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
    _ reload: Reload, _ application: Application, _ manager: ServiceManager, _ server: HTTPServer,
    _ client: HTTPClient, _ worker: BlockingWorker, _ reminder: CertificateReminder,
    _ budget: DescriptorBudget
  ) {
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
        path: reload.path, sources: reload.sources, worker: worker,
        mayBeEmpty: { reload.isEmpty }
      ) { reload.adopt($0) })
  }

  /// Opens the context, or reports why it cannot.
  private func openContext(
    _ settings: ContextSettings, _ services: Services, _ worker: BlockingWorker
  ) -> ContextStore? {
    do throws(RingFileError) {
      return try ContextStore(
        settings, on: services.loop, log: services.log, random: services.random, worker: worker)
    } catch {
      switch error {
      case .locked:
        Console.complain(
          "[context] file: another process uses \(settings.file ?? []); give each gateway its own file"
        )
      case .memory(let error):
        Console.complain(
          "[context] memory: cannot allocate \(settings.memoryBytes) bytes: \(error.reason)")
      }
      return nil
    }
  }

  /// Opens the outbox, or reports why it cannot.
  private func openOutbox(
    _ configuration: Configuration, _ services: Services, _ worker: BlockingWorker
  ) -> OutboxStore? {
    let settings = configuration.outbox
    do throws(RingFileError) {
      return try OutboxStore(
        settings, sync: configuration.context.sync, on: services.loop, log: services.log,
        random: services.random, worker: worker)
    } catch {
      switch error {
      case .locked:
        Console.complain(
          "[outbox] file: another process uses \(settings.file ?? []); give each gateway its own file"
        )
      case .memory(let error):
        Console.complain(
          "[outbox] size: cannot allocate \(settings.sizeBytes) bytes: \(error.reason)")
      }
      return nil
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
