import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import JSON
import Platform
import Protocols

/// What the flight recorder keeps of an exchange.
extension Exchange {
  /// The most attempts that are kept: the first and the last ones, half of each.
  private static let mostAttempts = 16

  /// Records the end of the exchange. `content` is its answer; without one its client has left, or it was refused.
  func record(_ result: ExchangeResult, _ content: Answer.Content? = nil) {
    dispatcher.recorder.record { writer in
      let end = dispatcher.services.loop.clock()
      var reply: Reply?
      var server: IntegrationSettings?
      if case .reply(let given, let settings) = content { (reply, server) = (given, settings) }
      let reports = cutOff.map { self.reports + [$0] } ?? self.reports
      let keepsContent = dispatcher.recorder.keepsContent
      writer.put(identifier)
      writer.put(request)
      writer.put(bot.settings.id)
      writer.put(conversation)
      writer.put(user ?? [])
      writer.put(caller ?? [])
      writer.put(server?.id ?? reports.last?.integration ?? [])
      writer.put(Int((message.prompt.chat?.face ?? .native).rawValue))
      writer.put(
        (message.isStreaming ? 1 : 0) | (server?.isFallback == true ? 2 : 0)
          | (keepsContent ? 4 : 0))
      let duration = (end - start).milliseconds
      writer.put(WallTime.now.milliseconds - Int64(duration))
      writer.put(duration)
      writer.put(((firstAsked ?? end) - start).milliseconds)
      writer.put(optional: firstContent(in: reports))
      writer.put(result.rawValue)
      writer.put(sent.history.turnsLeftOut)
      writer.put(message.byteCount)
      writer.put(reply?.content.count ?? delivered.text?.count ?? 0)
      writer.put(optional: reply?.usage.input)
      writer.put(optional: reply?.usage.output)
      writer.put(optional: reply?.usage.cached)
      let cost = reply.flatMap { server?.cost(of: $0.usage) }
      writer.put(optional: cost?.units)
      writer.put(cost?.parts ?? 0)
      put(reports, to: writer)
      if keepsContent { putContent(reply, to: writer) }
    }
  }

  @inline(never)
  private func putContent(_ reply: Reply?, to writer: RecordWriter) {
    dispatcher.recorder.put(messageText, replyText(reply), to: writer)
  }

  @inline(never)
  private func put(_ reports: [AttemptReport], to writer: RecordWriter) {
    let leftOut = max(0, reports.count - Self.mostAttempts)
    writer.put(reports.count - leftOut)
    writer.put(leftOut)
    let gap = Self.mostAttempts / 2..<Self.mostAttempts / 2 + leftOut
    for place in reports.indices where !gap.contains(place) {
      writer.put(reports[place], since: start)
    }
  }

  /// The time from the beginning to the first content of a stream.
  @inline(never)
  private func firstContent(in reports: [AttemptReport]) -> Int? {
    for report in reports {
      if let start = report.start, let time = report.firstContentMilliseconds {
        return (start - self.start).milliseconds + time
      }
    }
    return nil
  }

  /// The user's message, as text.
  private var messageText: [UInt8] {
    message.prompt.lastMessage.map { MessageContent.text(of: $0.span) } ?? []
  }

  /// The reply, or what of it was delivered, as text.
  private func replyText(_ reply: Reply?) -> [UInt8] {
    guard let reply else { return delivered.text.map { MessageContent.text(of: $0.span) } ?? [] }
    let content = reply.content
    var text = MessageContent.text(of: content.span)
    for call in reply.toolCalls {
      if !text.isEmpty { text.append("\n") }
      // Both are the insides of JSON strings.
      let words = [UInt8]("\"") + call.name + [UInt8](" ") + call.arguments + [UInt8]("\"")
      text += MessageContent.text(of: words.span)
    }
    return text
  }
}
