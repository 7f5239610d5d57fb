import Backends
import Bytes
import Configuration
import Context
import Exchange
import JSON
import Platform
import Protocols
import Storage

/// Requests of OpenAI's Responses.
extension ChatRequest {
  /// Reads a request. What Postern never does is refused; what only some backends can do is for the draw to see.
  convenience init(reading request: JSONValue) throws(APIError) {
    guard let input = request["input"].present, input.kind == .string || input.kind == .array,
      !input.isEmpty
    else { throw .invalid("input", "input must be a text or a list of items, and not empty.") }
    if try request["background"].flag("background") {
      throw .unsupported("background", "Postern answers at once: leave background out.")
    }
    if request["prompt"].present != nil {
      throw .unsupported("prompt", "Postern keeps no templates: send the text in instructions.")
    }
    do throws(TranslationFault) {
      try self.init(responses: request)
    } catch {
      throw APIError(malformed: error)
    }
  }
}

/// Where a response belongs.
extension ChatRequest {
  /// The message of a request of Responses to a bot. `field` is the client's `X-Conversation-Id`.
  ///
  /// A response that continues the last one of a conversation is the next turn there. One that continues an earlier
  /// response, or a conversation that is being answered, begins a conversation of its own with the turns up to that.
  func message(
    to model: ModelTable.Model, continuing field: [UInt8]?, through dispatcher: Dispatcher
  ) throws(APIError) -> Message {
    guard let request = original else { preconditionFailure("a request of Responses has its own") }
    let bot = model.bot.settings.id
    let keeps = request["store"].present == nil ? true : try request["store"].flag("store")
    let previous = try previous(of: bot, in: dispatcher.context)
    var conversation = try namedConversation(field)
    guard previous == nil || conversation == nil else {
      throw .invalid(
        "conversation", "previous_response_id names the conversation already: send one of them.")
    }
    var history: ConversationPart?
    if let previous {
      if previous.isLast, !dispatcher.isBusy(previous.conversation, of: bot) {
        conversation = previous.conversation
      } else {
        history = ConversationPart(previous.conversation, through: previous.turn)
      }
    }
    // Without a conversation, the identifier of a response that is not kept names one that is never there.
    let id = ResponseID(in: keeps ? conversation : nil, using: dispatcher.services.random)
    let isAlone = !keeps && conversation == nil && history == nil
    let message = try message(
      isAlone ? .given(self) : .items(self, kept: keeps ? ResponsesTurn.input(of: request) : nil),
      to: model.integration, in: conversation ?? id.conversation)
    message.answerID = id.text
    message.history = history
    return message
  }

  /// The response that the request continues.
  private func previous(
    of bot: [UInt8], in context: ContextStore
  ) throws(APIError) -> StoredResponse? {
    guard let id = original?["previous_response_id"].present else { return nil }
    guard let stored = StoredResponse(id.string ?? [], of: bot, in: context) else {
      var error = APIError.noSuchResponse
      error.parameter = [UInt8]("previous_response_id")
      throw error
    }
    return stored
  }

  /// The conversation that the request names.
  private func namedConversation(_ field: [UInt8]?) throws(APIError) -> [UInt8]? {
    if let conversation = original?["conversation"].present {
      let name = conversation.kind == .object ? conversation["id"] : conversation
      return try Message.identifier(name?.string, "conversation")
    }
    return try field.map { (name) throws(APIError) in
      try Message.identifier(name, "X-Conversation-Id")
    }
  }
}

extension APIError {
  /// 400 for a field whose equivalent is missing, whatever the backend.
  static func unsupported(_ parameter: StaticString, _ message: Text) -> APIError {
    APIError(.unsupportedParameter, message, parameter: parameter)
  }
}
