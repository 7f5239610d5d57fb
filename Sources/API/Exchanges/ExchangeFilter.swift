import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// Which exchanges a request asks for, and its key may see: `?bot=support&integration=gpt&outcome=ok`.
final class ExchangeFilter {
  private let key: APIKeySettings?
  private let bot: [UInt8]?
  private let integration: [UInt8]?
  private let outcome: [UInt8]?

  @inline(never)
  init(_ target: Target?, for key: APIKeySettings?) throws(APIError) {
    self.key = key
    bot = target?.parameter("bot")
    integration = target?.parameter("integration")
    outcome = target?.parameter("outcome")
    if let bot { try key.checkReaches(bot) }
    guard let outcome, !ExchangeOutcome.includes(outcome.span) else { return }
    throw .invalid(
      "outcome",
      "outcome must be ok, cancelled, the outcome of an attempt, or the code of a message's error.")
  }

  /// Whether its key is still as it was, after a change of the configuration.
  func isAllowed(by access: AccessControl, _ request: Request) -> Bool {
    do throws(APIError) {
      let now = try access.admit(request, scope: .read)
      return now?.id == key?.id && now?.bots == key?.bots
    } catch {
      return false
    }
  }

  /// Whether an exchange is asked for.
  ///
  /// An integration is matched by each of its attempts, and an outcome too: a reply that came after a timeout has the
  /// outcome of both. But `ok` is the exchange's.
  @inline(never)
  func matches(_ record: borrowing ExchangeRecord) -> Bool {
    if let key, !key.bots.isEmpty, !key.bots.contains(where: { record.bot.equals($0.span) }) {
      return false
    }
    if let bot, !record.bot.equals(bot.span) { return false }
    guard integration != nil || outcome != nil else { return true }
    var isAsked = integration.map { record.integration.equals($0.span) } ?? true
    var hasOutcome = outcome.map { $0.span.equals(record.result.outcome) } ?? true
    _ = record.visitAttempts { attempt in
      if let integration, attempt.integration.equals(integration.span) { isAsked = true }
      if let outcome, let ending = attempt.outcome, ending != .ok, outcome.span.equals(ending.name)
      {
        hasOutcome = true
      }
    }
    return isAsked && hasOutcome
  }
}
