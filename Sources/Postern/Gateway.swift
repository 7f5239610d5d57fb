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

/// What serves, made before the first client connects, and closed in order at the end.
struct Gateway {
  let loop: EventLoop
  let log: Log
  let client: HTTPClient
  let worker: BlockingWorker
  let context: ContextStore
  let outbox: OutboxStore
  let application: Application
  let server: HTTPServer

  /// Makes the parts; `nil` if one cannot be made, which is reported.
  init?(
    _ configuration: Configuration, _ serverSettings: HTTPServer.Settings, keptConnections: Int,
    on loop: EventLoop, _ log: Log
  ) throws(SystemError) {
    self.loop = loop
    self.log = log
    client = HTTPClient(on: loop, keptConnections: keptConnections)
    let services = Services(loop: loop, client: client, log: log, random: RandomSource())
    let worker = try BlockingWorker()
    _ = try loop.register(worker.number, for: .read) { _ in worker.deliver() }
    self.worker = worker
    guard let context = Self.openContext(configuration.context, services, worker),
      let outbox = Self.openOutbox(configuration, services, worker)
    else { return nil }
    self.context = context
    self.outbox = outbox
    application = Application(
      configuration, context: context, outbox: outbox, services: services, version: version)
    server = HTTPServer(serverSettings, on: loop, random: services.random)
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
    guard Listening(configuration.server, log).open(server) else { return nil }
  }

  /// Closes everything after the loop has ended.
  func close() {
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
  }

  private static func openContext(
    _ settings: ContextSettings, _ services: Services, _ worker: BlockingWorker
  ) -> ContextStore? {
    do throws(RingFileError) {
      return try ContextStore(
        settings, on: services.loop, log: services.log, random: services.random, worker: worker)
    } catch {
      complain(of: error, "[context]", settings.file, ("memory", settings.memoryBytes))
      return nil
    }
  }

  private static func openOutbox(
    _ configuration: Configuration, _ services: Services, _ worker: BlockingWorker
  ) -> OutboxStore? {
    let settings = configuration.outbox
    do throws(RingFileError) {
      return try OutboxStore(
        settings, sync: configuration.context.sync, on: services.loop, log: services.log,
        random: services.random, worker: worker)
    } catch {
      complain(of: error, "[outbox]", settings.file, ("size", settings.sizeBytes))
      return nil
    }
  }

  private static func complain(
    of error: RingFileError, _ section: StaticString, _ file: [UInt8]?,
    _ size: (name: StaticString, bytes: Int)
  ) {
    switch error {
    case .locked:
      Console.complain(
        "\(section) file: another process uses \(file ?? []); give each gateway its own file")
    case .memory(let error):
      Console.complain(
        "\(section) \(size.name): cannot allocate \(size.bytes) bytes: \(error.reason)")
    }
  }
}
