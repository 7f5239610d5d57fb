import Backends
import Bytes
import Configuration
import Exchange
import HTTPServer
import JSON
import Protocols

/// How one request is answered: the face writes the bytes, and the status and the fields are chosen here.
final class AnswerFormat {
  /// The interface that the client speaks.
  let face: Face
  private let writer: any AnswerWriter
  private let bot: BotSettings
  private let showsAttempts: Bool
  private let estimatedTokens: Int?
  private let purpose: Purpose

  /// A format for one request to a bot, which has the words for failures.
  init(_ face: Face, _ terms: AnswerTerms = AnswerTerms(), for bot: BotSettings) {
    self.face = face
    self.bot = bot
    showsAttempts = terms.showsAttempts
    estimatedTokens = terms.estimatedTokens
    purpose = terms.purpose
    writer = face.writer(terms)
  }

  /// The response with a whole answer.
  func response(to answer: Answer) -> Response {
    var response: Response
    if case .reply(let reply, let integration) = answer.content {
      if let passed = reply.passed {
        response = .passed(passed.contentType, .bytes(passed.bytes))
      } else {
        let body = writer.body(of: reply, answer.facts(integration)) {
          answer.writeAttempts(to: &$0)
        }
        response = Response(status: 200, contentType: "application/json", content: .buffer(body))
      }
    } else if let estimatedTokens {
      response = .tokenCount(estimatedTokens)
    } else {
      let error = answer.error(from: bot)!
      let body = writer.body(of: error.faceError) { answer.writeAttempts(to: &$0) }
      response = Response(status: error.status, contentType: "application/json", body: body)
      response.fields = error.fields
    }
    if showsAttempts {
      response.fields.append(("X-Postern-Attempts", AttemptReport.fieldValue(answer.attempts)))
    }
    return response
  }

  /// The response with an error that came before an integration was asked.
  func response(to error: APIError) -> Response {
    error.response(as: face)
  }

  /// Whether a stream is the backend's own, with nothing of Postern's in it. One that fails is cut off.
  var isBare: Bool { purpose.isAudio }

  /// The pieces of a reply that did not come as a stream.
  func deltas(of reply: Reply) -> [ReplyDelta] {
    // What Ollama's clients complete is a chat to backends.
    purpose == .chat || face == .ollama ? reply.deltas(for: face) : []
  }

  /// The head of a stream that begins with these pieces.
  func head(of deltas: [ReplyDelta]) -> Response {
    guard case .body(let type, _)? = deltas.first else { return streamHead }
    return .passed(type, .bytes([]))
  }

  /// The head of a response with a stream.
  var streamHead: Response {
    var head = Response.eventStream
    if face == .ollama { head.contentType = "application/x-ndjson" }
    return head
  }

  /// Appends pieces of a streamed reply, of an answer that is known so far.
  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8]) {
    writer.write(deltas, answer: answer.identifier, model: answer.model, to: &output)
  }

  /// Appends the end of a stream: what follows the last piece of a reply, or the error.
  func finish(_ answer: Answer, to output: inout [UInt8]) {
    if case .reply(let reply, let integration) = answer.content {
      writer.finish(
        reply, answer.facts(integration), attempts: { answer.writeAttempts(to: &$0) }, to: &output)
    } else if let error = answer.error(from: bot) {
      writer.fail(error.faceError, attempts: { answer.writeAttempts(to: &$0) }, to: &output)
    }
  }

  /// Appends what shows that the connection is alive.
  func keepAlive(to output: inout [UInt8]) {
    writer.keepAlive(to: &output)
  }
}

extension Response {
  /// A backend's own body.
  fileprivate static func passed(_ contentType: [UInt8], _ body: ResponseBody) -> Response {
    var response = Response(status: 200, contentType: nil, content: body)
    if !contentType.isEmpty { response.fields.append(("Content-Type", contentType)) }
    return response
  }

  /// How many tokens a request has, for Anthropic's clients.
  static func tokenCount(_ tokens: Int) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("input_tokens", integer: tokens)
    writer.endObject()
    return Response(status: 200, contentType: "application/json", body: writer.finish())
  }
}

extension Answer {
  /// What faces may say about the answer of an integration.
  func facts(_ integration: IntegrationSettings) -> AnswerFacts {
    AnswerFacts(
      identifier: identifier, conversation: conversation,
      integration: AnswerFacts.Integration(
        id: integration.id, name: integration.name, isFallback: integration.isFallback),
      turnsLeftOut: turnsLeftOut, time: time)
  }

  /// Writes the attempts.
  func writeAttempts(to writer: inout JSONWriter) {
    AttemptReport.write(attempts, to: &writer)
  }

  /// Why there is no reply, with the bot's words for failures; `nil` where there is one.
  func error(from bot: BotSettings) -> APIError? {
    switch content {
    case .reply: nil
    case .contentFiltered(let reason): APIError(.contentFilter, reason)
    case .untranslatable(let fault): APIError(fault)
    case .failed(let timedOut): failure(timedOut ? 504 : 502, bot)
    case .unavailable(let seconds): failure(503, bot).retrying(afterSeconds: seconds)
    }
  }

  private func failure(_ status: Int, _ bot: BotSettings) -> APIError {
    var error = APIError(.allIntegrationsFailed, Text(bot.errorMessage), status: status)
    // The clients of OpenAI and Anthropic try again by themselves, which would only repeat the retries made here.
    if status != 503 { error.fields.append(("x-should-retry", [UInt8]("false"))) }
    return error
  }
}
