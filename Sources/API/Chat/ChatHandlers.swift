import HTTPServer
import Protocols

/// Messages in OpenAI's and Anthropic's form.
enum ChatHandlers {
  /// `POST /v1/chat/completions`
  static func createChatCompletion(_ call: Call) -> Admission { answer(call, in: .openai) }

  /// `POST /v1/messages`
  static func createMessage(_ call: Call) -> Admission { answer(call, in: .anthropic) }

  /// `POST /v1/responses`
  static func createResponse(_ call: Call) -> Admission { answer(call, in: .responses) }

  private static func answer(_ call: Call, in face: Face) -> Admission {
    let chats = call.application.chats
    // The models of now, even if the configuration changes before the body has come.
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handle($0, in: face, models) }
  }
}
