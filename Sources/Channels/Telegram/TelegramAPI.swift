import Bytes
import Configuration
import Exchange
import JSON
import Platform

/// Telegram's Bot API; https://core.telegram.org/bots/api#making-requests
final class TelegramAPI {
  /// The answer to a call.
  enum Answer {
    /// The call was made; what `result` is.
    case ok(JSONValue)
    /// Telegram refuses the call.
    case refused(Refusal)
    /// There was no answer of Telegram's.
    case failed(isUnreachable: Bool, reason: Text)
  }

  /// Why Telegram refuses a call.
  struct Refusal {
    let code: Int
    let description: [UInt8]
    /// How long to wait, in seconds.
    var retryAfterSeconds: Int?
    /// The id of the group that the chat has become.
    var migratedTo: Int?

    /// Whether the token is wrong, so that no call succeeds.
    var isAboutToken: Bool { code == 401 || code == 404 }
    /// The refusal in words.
    var text: Text { "\(code): \(description)" }
  }

  let service: ServiceClient
  private let token: [UInt8]
  /// The beginning of all URLs.
  private let address: [UInt8]
  /// The bot's id in Telegram: the number that the token begins with.
  let botID: Int

  init(_ settings: ChannelSettings, _ services: Services) {
    service = ServiceClient(settings, services)
    token = settings.token
    address = settings.url
    let digits = token.prefix { $0.isASCIIDigit }
    botID = Int(decimal: Array(digits).span) ?? 0
  }

  /// Makes a call with parameters.
  @discardableResult
  func call(
    _ method: StaticString, _ writer: consuming JSONWriter, within limit: TimeSpan = .seconds(30),
    then completion: @escaping (Answer) -> Void
  ) -> ServiceClient.Request {
    let path: Text = "/bot\(token)/\(method)"
    return service.post(writer, to: path.bytes, within: limit) {
      completion(TelegramAPI.answer($0))
    }
  }

  /// Makes a call without parameters.
  func call(_ method: StaticString, then completion: @escaping (Answer) -> Void) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.endObject()
    call(method, writer, then: completion)
  }

  /// Fetches a file by the path that `getFile` gave.
  func fetch(
    _ path: [UInt8], bytes: Int, then completion: @escaping (ServiceClient.Response) -> Void
  ) {
    let url: Text = "\(address)/file/bot\(token)/\(path)"
    service.fetch(url.bytes, bytes: bytes, then: completion)
  }

  private static func answer(_ response: ServiceClient.Response) -> Answer {
    switch response {
    case .object(let object, let status, let retryAfter):
      if object["ok"]?.boolean == true, let result = object["result"] { return .ok(result) }
      let parameters = object["parameters"]
      var refusal = Refusal(
        code: object["error_code"]?.integer ?? status,
        description: object["description"]?.string ?? [UInt8]("no description"))
      refusal.retryAfterSeconds =
        parameters?["retry_after"]?.integer ?? retryAfter?.secondsRoundedUp
      refusal.migratedTo = parameters?["migrate_to_chat_id"]?.integer
      // What answers so is not Telegram, but a proxy before it, or Telegram in trouble.
      if refusal.code >= 500 || refusal.code < 400 {
        return .failed(isUnreachable: false, reason: refusal.text)
      }
      return .refused(refusal)
    case .failed(let status, let isUnreachable, let reason):
      if status == 401 || status == 404 {
        return .refused(Refusal(code: status, description: reason.bytes))
      }
      return .failed(isUnreachable: isUnreachable, reason: reason)
    case .file:
      return .failed(isUnreachable: false, reason: "the answer is a file")
    }
  }
}
