import Backends
package import Bytes
import Channels
import Configuration
import EventLoop
import Exchange
import Outbox
import Storage

extension Application {
  /// What is not as it should be, a line each, without secrets: the configuration file does not apply as a whole,
  /// integrations are not ready, the context's or the outbox's file cannot be written, or channels or receivers fail.
  var reasons: [[UInt8]] {
    var reasons = status.faults
    for bot in active.bots.bots {
      for integration in bot.integrations where integration.settings.isEnabled {
        if let reason = Application.reason(why: integration) { reasons.append(reason.bytes) }
      }
    }
    if let fault = dispatcher.context.fault { reasons.append(fault.bytes) }
    if !waiting.messages.store.isWritable {
      reasons.append([UInt8]("the outbox's file cannot be written: no message can wait"))
    }
    reasons += ChannelFacts(channels: channels.all).reasons
    for lane in waiting.messages.deliveries.receivers {
      if let reason = lane.reason { reasons.append(reason.bytes) }
    }
    return reasons
  }

  /// Whether a bot has an integration that may be asked.
  var canAnswer: Bool {
    active.bots.bots.contains { $0.canAnswer(at: dispatcher.services.loop.now) }
  }

  /// How the gateway is, in one line without secrets.
  package var summary: Text {
    if status.isDraining { return "stopping" }
    let bots = active.bots.bots
    let reasons = reasons
    let count: Text = bots.count == 1 ? "1 bot" : "\(bots.count) bots"
    guard let first = reasons.first else { return "serving \(count), all integrations are ready" }
    let more: Text = reasons.count == 1 ? "" : " (and \(reasons.count - 1) more)"
    return "serving \(count); \(Text(first))\(more)"
  }

  /// Why an integration is not ready; `nil` if it is.
  private static func reason(why integration: Integration) -> Text? {
    let name = integration.settings.id
    return switch integration.health.state {
    case .ready: nil
    case .loading: "integration \(name) is loading its model: messages wait for it"
    case .down:
      "integration \(name) is down: \(integration.failures.last?.message ?? "it failed, see the log")"
    }
  }
}
