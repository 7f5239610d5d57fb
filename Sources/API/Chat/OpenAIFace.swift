import Bytes
import Configuration
import Exchange
import HTTPServer
import Platform
import Protocols

/// The form of OpenAI's chat completions.
final class OpenAIFace: Face {
  private let bot: BotSettings
  private let includesUsage: Bool
  private let model: [UInt8]
  private let created = WallTime.now
  private var stream: OpenAIStream?

  /// A face for a bot that the client calls `model`. `includesUsage`: whether a stream reports the usage.
  init(_ bot: BotSettings, model: [UInt8], includesUsage: Bool) {
    self.bot = bot
    self.model = model
    self.includesUsage = includesUsage
  }

  func response(to answer: Answer) -> Response {
    answer.response(from: bot, as: .openai) { $0.openAIBody(identity(of: $1)) }
  }

  func response(to error: APIError) -> Response {
    error.response(as: .openai)
  }

  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8]) {
    let identity = identity(of: answer)
    if stream == nil { stream = OpenAIStream(identity, includesUsage: includesUsage) }
    stream!.name(model: identity.model)
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
    NativeStream.keepAlive(to: &output)
  }

  private func identity(of answer: AnswerHead) -> AnswerIdentity {
    AnswerIdentity(
      id: [UInt8]("chatcmpl-") + answer.identifier.dropFirst(4), model: answer.model ?? model,
      created: Int(created.milliseconds / 1000))
  }
}
