import Backends
import Bytes
import Channels
import Configuration
import Context
import EventLoop
import Exchange
import HTTPServer
import JSON
import Logging
import Outbox
import Platform
import Storage

/// `GET /v1/status`: how the gateway is, on one page.
struct StatusResource {
  let application: Application
  let request: Request
  let key: APIKeySettings?

  private var services: Services { application.dispatcher.services }

  var response: Response {
    .json { writer in
      writer.name("data")
      writer.beginObject()
      writer.member("status", string: word)
      writer.member("version", string: application.active.version)
      writer.member("time", time: WallTime.now.milliseconds)
      // What concerns the whole gateway is for those that may read about all bots.
      if key?.bots.isEmpty ?? true {
        writeProcess(to: &writer)
        writeReload(to: &writer)
        writeContext(to: &writer)
        writer.name("outbox")
        OutboxFacts(application.waiting.messages).write(to: &writer)
        writer.name("channels")
        ChannelFacts(channels: application.channels.all).write(to: &writer)
      }
      writeBots(to: &writer)
      writer.endObject()
    }
  }

  private var word: StaticString {
    if application.status.isDraining { return "stopping" }
    return application.canAnswer ? "ready" : "no_backend"
  }

  @inline(never)
  private func writeProcess(to writer: inout JSONWriter) {
    let activity = application.dispatcher.activity
    writer.member("pid", integer: Environment.processID)
    writer.member("started_at", time: application.startTime.milliseconds)
    writer.member("uptime_ms", integer: (services.loop.now - application.start).milliseconds)
    writer.member("resident_bytes", integer: Environment.residentByteCount)
    writer.member("connections", integer: request.serverConnectionCount)
    writer.member("in_flight", integer: activity.inFlight)
    writer.member("queued", integer: activity.queued)
    writer.name("certificate_expires_at")
    if let end = application.active.configuration.server.tls?.validity?.end {
      writer.string(time: Int64(end) * 1000)
    } else {
      writer.null()
    }
  }

  @inline(never)
  private func writeReload(to writer: inout JSONWriter) {
    writer.name("reasons")
    writer.beginArray()
    for reason in application.reasons { writer.string(reason.span) }
    writer.endArray()
    writer.name("last_reload")
    guard let last = application.status.lastReload else { return writer.null() }
    StatusResource.write(last, to: &writer)
  }

  /// Writes the result of a reload.
  @inline(never)
  static func write(_ result: ReloadResult, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("applied", boolean: result.isApplied)
    writer.member("at", time: result.time.milliseconds)
    writer.name("findings")
    writer.beginArray()
    for finding in result.findings { writer.string(finding.bytes.span) }
    writer.endArray()
    writer.name("restart_needed")
    writer.beginArray()
    for name in result.restartNeeded { writer.string(name) }
    writer.endArray()
    writer.endObject()
  }

  @inline(never)
  private func writeContext(to writer: inout JSONWriter) {
    // The configuration may have another file, which waits for a restart.
    let context = application.dispatcher.context
    let ring = context.statistics
    writer.name("context")
    writer.beginObject()
    writer.member("used_bytes", integer: ring.usedBytes)
    writer.member("capacity_bytes", integer: ring.capacity)
    writer.member("conversations", integer: ring.conversations)
    writer.member("turns", integer: ring.turns)
    writer.name("file")
    if let file = context.file { writer.string(file.span) } else { writer.null() }
    switch context.sync {
    case .always: writer.member("sync", string: "always")
    case .never: writer.member("sync", string: "never")
    case .every(let milliseconds):
      writer.member("sync", string: Quantity.duration.text(milliseconds).bytes.span)
    }
    writer.endObject()
  }

  @inline(never)
  private func writeBots(to writer: inout JSONWriter) {
    let ledger = application.dispatcher.statistics
    ledger.note(.now)
    let statistics = StatisticsResource(
      bots: application.active.bots.visible(to: key), ledger: ledger, now: services.loop.now,
      isForStatus: true)
    writer.name("bots")
    writer.beginArray()
    for bot in statistics.bots {
      writer.beginObject()
      writer.member("id", string: bot.settings.id)
      writer.name("integrations")
      writer.beginArray()
      for integration in bot.integrations {
        statistics.write(integration, of: bot, to: &writer)
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
  }
}
