import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import JSON
import Logging
import Outbox
import Platform
import Storage

/// What messages do while integrations cannot be reached.
extension WaitingMessages {
  func hold(_ line: BotLine, atLeast wait: TimeSpan, of bot: [UInt8]) {
    line.hold(atLeast: wait, on: loop) { [self] in release(line, asTrial: true) }
    checkLater(line, bot)
  }

  func release(_ line: BotLine, asTrial isTrial: Bool) {
    loop.cancel(line.checkTimer)
    line.checkTimer = nil
    for check in line.checks { dispatcher.services.client.cancel(check) }
    line.checks = []
    line.release(asTrial: isTrial, on: loop)
    pumpSoon()
  }

  /// An integration has replied to a message.
  func noteReply(of integration: Integration) {
    guard let line = lines[integration.settings.bot], line.isHeld else { return }
    release(line, asTrial: false)
  }

  private static let checkInterval = TimeSpan.seconds(5)

  func checkLater(_ line: BotLine, _ bot: [UInt8]) {
    guard line.checkTimer == nil else { return }
    line.checkTimer = loop.schedule(after: Self.checkInterval) { [self] in
      line.checkTimer = nil
      guard line.isHeld, let bot = forms?.bot(bot) else { return }
      check(bot, for: line)
      checkLater(line, bot.settings.id)
    }
  }

  /// Connects to the integrations that could not be reached, without a request.
  func check(_ bot: Bot, for line: BotLine) {
    for check in line.checks { dispatcher.services.client.cancel(check) }
    line.checks = []
    for integration in bot.integrations where integration.isUnreachable {
      guard let upstream = integration.connectionCheck else { continue }
      let check = dispatcher.services.client.post(
        ByteBuffer(capacity: 1), to: upstream, fields: FieldLines(), receiver: nil
      ) { [self] result in
        guard result.failure == nil, line.isHeld else { return }
        dispatcher.watches.noteConnection(to: integration)
        release(line, asTrial: false)
      }
      line.checks.append(check)
    }
  }
}

extension Answer {
  /// How long its message waits at least before it is tried again, because no integration could be reached; `nil` if one
  /// has answered, so that the answer is final.
  var patience: TimeSpan? {
    switch content {
    case .unavailable(let seconds): return .seconds(seconds)
    case .failed:
      var isUnreachable = false
      for report in attempts {
        switch report.outcome {
        case .dnsFailed, .connectFailed:
          guard report.failure == .unreachable else { return nil }
          isUnreachable = true
        case .breakerOpen: break
        default: return nil
        }
      }
      return isUnreachable ? .milliseconds(0) : nil
    default: return nil
    }
  }
}
