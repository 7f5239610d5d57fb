import Bytes
import Configuration
import EventLoop
import Exchange
import JSON
import Platform

/// Sends a reply to a chat: the next of its parts.
///
/// A part is sent as HTML, and as plain text if Telegram does not accept that.
final class TelegramSending {
  /// The most UTF-16 code units of a message.
  static let longestPart = 4096

  private let api: TelegramAPI
  private let reply: OutboxReply
  private var place: TelegramPlace
  private let parts: [[UInt8]]
  private let answered: Int?
  private var isPlain = false
  private let completion: (DeliveryResult) -> Void

  /// A sending of a reply whose parts are `parts`. `answered` is the message that it quotes.
  init(
    _ reply: OutboxReply, _ parts: [[UInt8]], to place: TelegramPlace, answering answered: Int?,
    _ api: TelegramAPI, then completion: @escaping (DeliveryResult) -> Void
  ) {
    self.api = api
    self.reply = reply
    self.parts = parts
    self.place = place
    self.answered = answered
    self.completion = completion
  }

  /// Sends the next part. The completion is called once, in a later turn or at once.
  func begin() {
    guard reply.parts < parts.count else { return completion(.delivered) }
    var writer = JSONWriter()
    writer.beginObject()
    place.write(to: &writer)
    let part = parts[reply.parts]
    if isPlain {
      writer.member("text", string: part)
    } else {
      writer.member("text", string: Markdown.render(part, as: .telegram))
      writer.member("parse_mode", string: "HTML")
    }
    if reply.parts == 0, let answered {
      writer.name("reply_parameters")
      writer.beginObject()
      writer.member("message_id", integer: answered)
      writer.member("allow_sending_without_reply", boolean: true)
      writer.endObject()
    }
    writer.endObject()
    api.call("sendMessage", writer) { [self] in take($0) }
  }

  private func take(_ answer: TelegramAPI.Answer) {
    switch answer {
    case .ok:
      completion(reply.parts + 1 < parts.count ? .partly(parts: reply.parts + 1) : .delivered)
    case .failed(let isUnreachable, let reason):
      completion(
        isUnreachable ? .unreachable(reason: reason) : .again(after: nil, reason: reason))
    case .refused(let refusal):
      take(refusal)
    }
  }

  private func take(_ refusal: TelegramAPI.Refusal) {
    if let seconds = refusal.retryAfterSeconds {
      return completion(.again(after: .seconds(max(1, seconds)), reason: refusal.text))
    }
    // The token may be right after a reload.
    if refusal.isAboutToken {
      return completion(.again(after: .seconds(60), reason: refusal.text))
    }
    if let chat = refusal.migratedTo, chat != place.chat {
      place.chat = chat
      return begin()
    }
    let description = refusal.description.span
    if !isPlain, description.containsIgnoringCase("entit") {
      isPlain = true
      return begin()
    }
    // The topic was deleted.
    if place.thread != nil, description.containsIgnoringCase("thread not found") {
      place.thread = nil
      return begin()
    }
    completion(.refused(reason: refusal.text))
  }
}
