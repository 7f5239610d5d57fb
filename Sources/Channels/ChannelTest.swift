package import Bytes
package import Configuration
package import Exchange
import JSON

/// A look at whether a channel's service takes its token, without a message to anyone.
package enum ChannelTest {
  /// The result of a test: whether it succeeded, and why, or as whom.
  package struct Result {
    package let isSuccess: Bool
    package let words: Text

    package init(isSuccess: Bool, words: Text) {
      self.isSuccess = isSuccess
      self.words = words
    }
  }

  /// Asks a channel's service who the bot is. Calls `completion` once.
  package static func start(
    of settings: ChannelSettings, _ services: Services,
    then completion: @escaping (Result) -> Void
  ) {
    switch settings.kind {
    case .telegram:
      TelegramAPI(settings, services).call("getMe") { answer in
        switch answer {
        case .ok(let me): completion(success(me["username"]?.string))
        case .refused(let refusal): completion(failure("Telegram says \(refusal.text)"))
        case .failed(_, let reason): completion(failure(reason))
        }
      }
    case .slack:
      var writer = JSONWriter()
      writer.beginObject()
      writer.endObject()
      ServiceClient(settings, services).post(
        writer, to: [UInt8]("/auth.test"), authorization: settings.token
      ) { response in
        switch response {
        case .object(let object, let status, _):
          if object["ok"]?.boolean == true { return completion(success(object["user"]?.string)) }
          let error = object["error"]?.string ?? ("status \(status)" as Text).bytes
          completion(failure("Slack says \(error)"))
        case .failed(_, _, let reason): completion(failure(reason))
        case .file: preconditionFailure("no file was asked for")
        }
      }
    case .webhook:
      completion(Result(isSuccess: true, words: "nothing to ask: it takes signed requests"))
    }
  }

  private static func success(_ name: [UInt8]?) -> Result {
    Result(isSuccess: true, words: "the bot is @\(name ?? [])")
  }

  private static func failure(_ reason: Text) -> Result {
    Result(isSuccess: false, words: reason)
  }
}
