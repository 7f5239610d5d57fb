import Backends
import Bytes
import Configuration
import Exchange
import HTTPServer
import Platform
import Protocols

/// Turns requests of OpenAI's and Anthropic's clients into messages.
struct ChatService {
  private let messages: MessageService
  private let refusals: RefusalLog

  init(_ messages: MessageService, _ refusals: RefusalLog) {
    self.messages = messages
    self.refusals = refusals
  }

  /// Handles a request whose body has come whole; `models` are those that its caller's API key reaches.
  func handle(_ request: Request, in face: Face, _ models: ModelTable) {
    do throws(APIError) {
      let chat = try ChatRequest(request.body, in: face)
      try chat.refuseThread()
      let name = try chat.model
      let model = try models.model(name)
      let message = try chat.message(
        to: model.integration, in: request.field("X-Conversation-Id"),
        betas: request.list("anthropic-beta"))
      let terms = AnswerTerms(
        model: name, asksForUsage: chat.asksForUsage,
        created: Int(clamping: WallTime.now.milliseconds / 1000),
        showsAttempts: models.key.seesAttempts)
      try messages.answer(
        request, with: message, from: models.key, for: model.bot,
        as: AnswerFormat(face, terms, for: model.bot.settings))
    } catch {
      refusals.note(error, of: request)
      request.respond(error.response(as: face))
    }
  }
}
