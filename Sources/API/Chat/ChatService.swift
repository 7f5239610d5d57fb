import Backends
import Bytes
import Configuration
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// Turns requests of OpenAI's (Chat Completions, Responses), Anthropic's and Ollama's clients into exchanges.
struct ChatService {
  private let messages: MessageService
  private let refusals: RefusalLog

  init(_ messages: MessageService, _ refusals: RefusalLog) {
    self.messages = messages
    self.refusals = refusals
  }

  /// Handles a request whose body has come whole; `models` are those that its caller's API key reaches. `purpose` is
  /// what Ollama's clients ask for.
  func handle(
    _ request: Request, in face: Face, for purpose: Purpose = .chat, _ models: ModelTable
  ) {
    do throws(APIError) {
      let chat = try ChatRequest(request.body, in: face, for: purpose)
      try chat.refuseThread()
      let name = try (chat.original ?? chat.body).model
      let model =
        try face == .ollama ? models.model(ofOllama: name) : models.model(name, for: .chat)
      let terms = AnswerTerms(
        model: name, asksForUsage: chat.asksForUsage,
        created: Int(clamping: WallTime.now.milliseconds / 1000), purpose: purpose,
        request: chat.original, showsAttempts: models.key.seesAttempts)
      let conversation = request.field("X-Conversation-Id")
      if face == .ollama, chat.messages.isEmpty {
        if let conversation { _ = try Message.identifier(conversation, "X-Conversation-Id") }
        _ = try messages.idempotencyKey(of: request, from: models.key, for: model.bot)
        return request.respond(.ollamaLoading(terms, request.body))
      }
      let message =
        face == .responses
        ? try chat.message(to: model, continuing: conversation, through: messages.dispatcher)
        : try chat.message(
          to: model.integration, in: conversation, betas: request.list("anthropic-beta"))
      try messages.answer(
        request, with: message, from: models.key, for: model.bot,
        as: AnswerFormat(face, terms, for: model.bot.settings))
    } catch {
      refuse(request, error, in: face)
    }
  }

  /// Handles a request that is passed on.
  func handle(_ request: Request, for purpose: Purpose, _ models: ModelTable) {
    do throws(APIError) {
      let body = try JSONValue.object(in: request.body)
      let model = try models.model(body.model, for: purpose)
      let isStreaming =
        purpose == .completions ? try body["stream"].flag("stream") : purpose.isAudio
      try pass(
        PassedRequest(purpose, body: body), request, to: model, models,
        user: body["user"]?.string.flatMap { $0.isEmpty ? nil : $0 }, isStreaming: isStreaming)
    } catch {
      refuse(request, error, in: .openai)
    }
  }

  /// Handles a form with a recording.
  func handleRecording(_ request: Request, for purpose: Purpose, _ models: ModelTable) {
    do throws(APIError) {
      let form = try FormData.form(of: request)
      let model = try models.model([UInt8](form.bytes[form.model]), for: purpose)
      try pass(
        PassedRequest(purpose, form: form), request, to: model, models, user: nil,
        isStreaming: form.isStreaming)
    } catch {
      refuse(request, error, in: .openai)
    }
  }

  private func pass(
    _ passed: PassedRequest, _ request: Request, to model: ModelTable.Model, _ models: ModelTable,
    user: [UInt8]?, isStreaming: Bool
  ) throws(APIError) {
    let message = Message(
      .passed(passed), to: model.integration, conversation: nil, user: nil, userID: user,
      metadata: nil, isStreaming: isStreaming)
    let terms = AnswerTerms(purpose: passed.purpose, showsAttempts: models.key.seesAttempts)
    try messages.answer(
      request, with: message, from: models.key, for: model.bot,
      as: AnswerFormat(.openai, terms, for: model.bot.settings))
  }

  /// Handles a request for the number of its tokens. Where no backend counts them, they are estimated.
  func handleTokenCount(_ request: Request, _ models: ModelTable) {
    do throws(APIError) {
      let chat = try ChatRequest(request.body, in: .anthropic)
      let model = try models.model(chat.body.model, for: .chat)
      let estimate = model.bot.estimatedTokens(of: chat, at: model.integration)
      guard model.serves(.tokenCount) else { return request.respond(.tokenCount(estimate)) }
      let message = Message(
        .passed(PassedRequest(.tokenCount, body: chat.body)), to: model.integration,
        conversation: nil, user: nil, userID: nil, metadata: nil,
        betas: request.list("anthropic-beta"), isStreaming: false)
      let terms = AnswerTerms(
        purpose: .tokenCount, estimatedTokens: estimate, showsAttempts: models.key.seesAttempts)
      try messages.answer(
        request, with: message, from: models.key, for: model.bot,
        as: AnswerFormat(.anthropic, terms, for: model.bot.settings))
    } catch {
      refuse(request, error, in: .anthropic)
    }
  }

  private func refuse(_ request: Request, _ error: APIError, in face: Face) {
    refusals.note(error, of: request)
    request.respond(error.response(as: face))
  }
}

extension FormData {
  /// The form that is a request's body.
  fileprivate static func form(of request: Request) throws(APIError) -> FormData {
    do throws(FormFault) {
      return try FormData(request.body, request.field("Content-Type") ?? [])
    } catch {
      throw APIError(error)
    }
  }
}

extension Bot {
  /// About how many tokens a client's request has: its texts and the bot's own, by what the backends of the bot, or the
  /// one integration, have counted so far.
  fileprivate func estimatedTokens(of chat: ChatRequest, at integration: [UInt8]?) -> Int {
    let system = settings.system
    var bytes = system.count
    for message in chat.messages.elements {
      if let content = message["content"] {
        bytes += MessageContent.estimatedSize(of: content.span)
      }
    }
    for name in ["system", "tools"] as [StaticString] {
      bytes += chat.body[name].present?.raw.count ?? 0
    }
    let counter = integration.flatMap { self.integration($0) } ?? integrations.first
    return max(1, counter?.learned.tokens(of: bytes) ?? 0)
  }
}
