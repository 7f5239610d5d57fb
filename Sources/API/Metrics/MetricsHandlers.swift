import Backends
import Bytes
import Channels
import Configuration
import EventLoop
import Exchange
import HTTPServer
import Logging
import Outbox
import Platform
import Storage

/// What Postern counts.
enum MetricsHandlers {
  /// `GET /v1/stats`: what the bots that the key reaches have counted.
  static func listStatistics(_ call: Call) throws(APIError) -> Admission {
    let dispatcher = call.application.dispatcher
    dispatcher.statistics.note(.now)
    let statistics = StatisticsResource(
      bots: call.application.active.bots.visible(to: call.key), ledger: dispatcher.statistics,
      now: dispatcher.services.loop.now)
    return .answer(statistics.list(try Page(call.request.target)))
  }

  /// `GET /metrics`: what the process and the bots that the key reaches have counted.
  static func metrics(_ call: Call) -> Admission {
    let (application, request) = (call.application, call.request)
    let services = application.dispatcher.services
    // As in the status, what concerns all bots is for keys that reach them.
    let isWhole = call.key?.bots.isEmpty ?? true
    let metrics = Metrics(
      version: application.active.version, uptime: services.loop.now - application.start,
      isConfigurationValid: application.status.isConfigurationValid,
      activity: application.dispatcher.activity, ring: application.dispatcher.context.statistics,
      traffic: request.serverTraffic, connections: request.serverConnectionCount,
      droppedLogLines: services.log.droppedLineCount,
      outbox: OutboxFacts(application.waiting.messages),
      channels: ChannelFacts(channels: isWhole ? application.channels.all : []), isWhole: isWhole,
      certificateEnd: application.active.configuration.server.tls?.validity?.end)
    return .answer(metrics.response(application.active.bots.visible(to: call.key)))
  }
}
