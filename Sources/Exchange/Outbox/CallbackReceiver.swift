import Bytes
import Configuration
import Cryptography
import EventLoop
import HTTPClient
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// POSTs replies to the callback of a bot, as Standard Webhooks (https://www.standardwebhooks.com) have it.
final class CallbackReceiver: Receiver {
  let url: BackendURL
  let secrets: WebhookSecrets?
  private let upstream: Upstream
  private let services: Services

  /// How long a receiver has for its answer.
  private static let patience = TimeSpan.seconds(30)
  /// How much of its answer is read: nothing in it matters.
  private static let longestAnswer = 64 << 10

  init(_ url: BackendURL, _ secrets: WebhookSecrets?, _ services: Services, version: StaticString) {
    self.url = url
    self.secrets = secrets
    self.services = services
    var settings = Upstream.Settings(
      url: url.text,
      fields: [
        [UInt8]("Content-Type: application/json"),
        [UInt8]("User-Agent: Postern/") + [UInt8](version),
      ], connectTimeoutMilliseconds: 10_000, authorityFile: nil,
      bodyLimit: Self.longestAnswer, refusesHostOnly: url.address == nil)
    // The owner of a public name chooses its addresses.
    settings.refusesPrivate = url.address == nil && !url.isNearby
    upstream = Upstream(settings)
  }

  func note(isThinking: Bool, for address: [UInt8]) {}

  func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void) {
    let body = Self.body(of: reply)
    let seconds = Int(WallTime.now.milliseconds / 1000)
    let time = [UInt8](decimal: seconds)
    var fields = FieldLines()
    fields.append("webhook-id", reply.id.span)
    fields.append("webhook-timestamp", time.span)
    if let secrets {
      let signature = WebhookSignature.field(
        id: reply.id.span, timestamp: seconds, body: body.span, keys: secrets.keys)
      fields.append("webhook-signature", signature.span)
    }
    var timer: TimerID?
    let transfer = services.client.post(body, to: upstream, fields: fields, receiver: nil) {
      [services] result in
      services.loop.cancel(timer)
      completion(Self.result(of: result))
    }
    timer = services.loop.schedule(after: Self.patience) { [services] in
      services.client.cancel(transfer)
      completion(.again(after: nil, reason: "the receiver did not answer within 30 s"))
    }
  }

  /// `{"type", "timestamp", "data"}`, the same over all tries.
  private static func body(of reply: OutboxReply) -> ByteBuffer {
    let root = (try? JSONDocument(reply.data))?.root
    let status = root?["status"]?.string ?? []
    let isDone = status.span.equals("done")
    var writer = JSONWriter(reserving: reply.data.count + 128)
    writer.beginObject()
    writer.member("type", string: isDone ? "message.done" : "message.failed")
    writer.member("timestamp", time: reply.finished)
    writer.member("data", raw: reply.data.span)
    writer.endObject()
    return writer.finishedBuffer()
  }

  private static func result(of result: TransferResult) -> DeliveryResult {
    // What follows the status may be cut off: it does not matter.
    switch result.status {
    case 200...299: return .delivered
    case 410: return .gone(reason: "the receiver answered 410: it wants no replies any more")
    case 408, 425, 429: break
    case 400...499: return .refused(reason: "the receiver answered \(result.status)")
    default: break
    }
    if result.status > 0 {
      return .again(after: result.retryAfter, reason: "the receiver answered \(result.status)")
    }
    switch result.failure {
    case .nameNotResolved: return .unreachable(reason: "the name cannot be resolved")
    case .connectFailed: return .unreachable(reason: "no connection can be made")
    case .addressRefused:
      return .again(
        after: nil, reason: "the name has only private addresses, which a public name may not have")
    case .certificateNotTrusted:
      return .again(after: nil, reason: "the certificate is not trusted")
    default:
      let detail = result.detail.bytes.isEmpty ? "" as Text : ": \(result.detail)"
      return .again(after: nil, reason: "the request failed\(detail)")
    }
  }
}
