import Backends
import Configuration
import HTTPServer

/// Messages in Postern's own form.
enum MessageHandlers {
  /// `POST /v1/bots/{bot}/messages`
  static func send(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.bot()
    let (messages, key) = (call.application.messages, call.key)
    return call.receiveBody { messages.handle($0, from: key, for: bot) }
  }
}
