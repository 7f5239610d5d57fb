import Bytes
import Configuration
import Exchange
import HTTPServer
import Protocols

/// The form of Anthropic's messages.
final class AnthropicFace: Face {
  private let bot: BotSettings
  private let model: [UInt8]
  private var stream: AnthropicStream?

  /// A face for a bot that the client calls `model`.
  init(_ bot: BotSettings, model: [UInt8]) {
    self.bot = bot
    self.model = model
  }

  func response(to answer: Answer) -> Response {
    answer.response(from: bot, as: .anthropic) { $0.anthropicBody(identity(of: $1)) }
  }

  func response(to error: APIError) -> Response {
    error.response(as: .anthropic)
  }

  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8]) {
    if stream == nil { stream = AnthropicStream(identity(of: answer)) }
    for delta in deltas { stream!.write(delta, to: &output) }
  }

  func finish(_ answer: Answer, to output: inout [UInt8]) {
    write([], of: answer.head, to: &output)
    if case .reply(let reply, _) = answer.content {
      stream!.finish(reply, to: &output)
    } else if let error = answer.error(from: bot) {
      stream!.fail(error.inFaces, to: &output)
    }
  }

  func keepAlive(to output: inout [UInt8]) {
    // `ping` may not be the first event.
    if let stream { stream.keepAlive(to: &output) } else { NativeStream.keepAlive(to: &output) }
  }

  private func identity(of answer: AnswerHead) -> AnswerIdentity {
    AnswerIdentity(id: answer.identifier, model: answer.model ?? model, created: 0)
  }
}
