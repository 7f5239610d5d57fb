import Bytes
import Configuration
import Exchange
import HTTPServer
import Protocols

/// Postern's own form.
final class NativeFace: Face {
  private let bot: BotSettings

  /// A face for a bot, whose `error_message` is in failures.
  init(_ bot: BotSettings) {
    self.bot = bot
  }

  func response(to answer: Answer) -> Response {
    answer.response(from: bot)
  }

  func response(to error: APIError) -> Response {
    error.response()
  }

  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8]) {
    for delta in deltas { NativeStream.write(delta, to: &output) }
  }

  func finish(_ answer: Answer, to output: inout [UInt8]) {
    let body = answer.response(from: bot).body
    if case .reply = answer.content {
      NativeStream.finish(body.span, to: &output)
    } else {
      NativeStream.fail(body.span, to: &output)
    }
  }

  func keepAlive(to output: inout [UInt8]) {
    NativeStream.keepAlive(to: &output)
  }
}
