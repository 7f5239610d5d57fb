import Bytes
import Channels
import Configuration
import Exchange
import JSON
import Platform

/// What the status, the metrics and `/readyz` say of channels.
struct ChannelFacts {
  let channels: [any Channel]

  /// Writes the array of the status.
  @inline(never)
  func write(to writer: inout JSONWriter) {
    writer.beginArray()
    for channel in channels {
      let (settings, status) = (channel.settings, channel.currentStatus)
      writer.beginObject()
      writer.member("id", string: settings.id)
      writer.member("type", string: settings.kind.name)
      writer.member("bot", string: settings.bot)
      writer.member("state", string: status.state.name)
      writer.name("reason")
      if let reason = status.reason { writer.string(reason.bytes.span) } else { writer.null() }
      writer.name("last_update_at")
      if let time = status.lastUpdate {
        writer.string(time: time.milliseconds)
      } else {
        writer.null()
      }
      writer.member("messages", integer: status.messages)
      writer.member("replies", integer: status.replies)
      writer.member("ignored", integer: status.ignored)
      writer.member("restarts", integer: status.restarts)
      writer.name("strangers")
      writer.beginArray()
      for stranger in status.strangers { write(stranger, to: &writer) }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
  }

  private func write(_ stranger: ChannelStatus.Stranger, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", string: stranger.id)
    writer.member("username", string: stranger.username)
    writer.member("name", string: stranger.name)
    writer.member("messages", integer: stranger.messages)
    writer.member("last_at", time: stranger.last.milliseconds)
    writer.endObject()
  }

  /// What is wrong with channels, a line each.
  var reasons: [[UInt8]] {
    channels.compactMap { channel in
      let status = channel.currentStatus
      guard let reason = status.reason else { return nil }
      return ("channel \(channel.settings.id) is \(status.state.name): \(reason)" as Text).bytes
    }
  }

  /// Writes the families of the metrics.
  @inline(never)
  func write(to text: inout MetricsText) {
    if channels.isEmpty { return }
    text.begin("channel_up gauge 1, or 0 while a channel's service does not do what it is asked.")
    samples(to: text) { $0.state == .ready ? 1 : 0 }
    text.begin("channel_messages_total counter Messages that a channel gave to its bot.")
    samples(to: text) { $0.messages }
    text.begin("channel_replies_total counter Replies that a channel's service took.")
    samples(to: text) { $0.replies }
    text.begin("channel_ignored_total counter Events of a channel that were not for its bot.")
    samples(to: text) { $0.ignored }
  }

  @inline(never)
  private func samples(to text: MetricsText, _ value: (ChannelStatus) -> Int) {
    for channel in channels {
      text.sample(
        value(channel.currentStatus),
        labels: [UInt8]("channel=\"") + channel.settings.id + [UInt8]("\""))
    }
  }
}
