import Bytes
import Configuration
import HTTPServer
import JSON
import Platform

/// `GET /v1/stats`: what has come of asking each integration since the start.
struct StatisticsResource {
  /// What is told of the latency.
  private static let percentiles: [(name: StaticString, percent: Int)] = [
    ("p50", 50), ("p95", 95), ("p99", 99),
  ]

  /// Those whose integrations are listed.
  let bots: [Bot]
  let now: Instant

  /// A page of the integrations, bot by bot in file order.
  func list(_ page: Page) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      var place = 0
      for bot in bots {
        let total = bot.integrations.reduce(Share()) { $0 + Share($1) }
        for integration in bot.integrations {
          if page.start..<page.start + page.size ~= place {
            write(integration, ofAll: total, to: &writer)
          }
          place += 1
        }
      }
      writer.endArray()
      page.writeMeta(total: place, to: &writer)
    }
  }

  private func write(_ integration: Integration, ofAll total: Share, to writer: inout JSONWriter) {
    let (id, bot) = (integration.settings.id, integration.settings.bot)
    let (statistics, share) = (integration.statistics, Share(integration))
    writer.beginObject()
    writer.member("integration", string: id.span)
    writer.member("bot", string: bot.span)
    writer.member("drawn", integer: share.drawn)
    writer.object("share") { writer in
      writer.member("drawn", part: share.drawn, of: total.drawn)
      writer.member("configured", part: share.weight, of: total.weight)
    }
    writer.object("attempts") { writer in
      for outcome in Outcome.allCases {
        writer.member(outcome.name, integer: statistics[outcome])
      }
    }
    writer.member("cancelled", integer: statistics[.cancelled])
    writer.object("fallbacks") { writer in
      writer.member("served", integer: statistics[.fallbacksServed])
      writer.member("served_for", integer: statistics[.fallbacksNeeded])
    }
    writer.object("latency_ms") { writer in
      for (name, percent) in StatisticsResource.percentiles {
        writer.name(name)
        if let time = statistics.latency.percentile(percent) {
          writer.integer(time)
        } else {
          writer.null()
        }
      }
    }
    writer.object("tokens") { writer in
      writer.member("input", integer: statistics[.inputTokens])
      writer.member("output", integer: statistics[.outputTokens])
    }
    writer.object("breaker") { writer in
      let breaker = integration.breaker
      writer.member("state", string: breaker.stateName)
      writer.member("remaining_ms", integer: breaker.wait(at: now).millisecondsRoundedUp)
    }
    writer.endObject()
  }
}

/// What an integration, or all of a bot's, take of its messages.
private struct Share {
  var drawn = 0
  var weight = 0

  init() {}

  init(_ integration: Integration) {
    drawn = integration.statistics[.drawn]
    weight = integration.drawnWeight
  }

  static func + (left: Share, right: Share) -> Share {
    var sum = left
    sum.drawn += right.drawn
    sum.weight += right.weight
    return sum
  }
}

extension JSONWriter {
  /// Writes a member that is an object, whose members `fill` writes.
  fileprivate mutating func object(
    _ name: StaticString, _ fill: (inout JSONWriter) -> Void
  ) {
    self.name(name)
    beginObject()
    fill(&self)
    endObject()
  }

  /// Writes a member that is a part of a whole, from 0 to 1, to a millionth; `null` where the whole is nothing.
  fileprivate mutating func member(_ name: StaticString, part: Int, of whole: Int) {
    self.name(name)
    guard whole > 0 else { return null() }
    let millionths = (part * 1_000_000 + whole / 2) / whole
    var text: [UInt8] = []
    text.append(decimal: millionths / 1_000_000)
    text.append(".")
    text.append(decimal: millionths % 1_000_000, width: 6)
    raw(text.span)
  }
}
