import Bytes
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// Requests for something else than a chat, which are passed on to integrations that serve them.
enum PassedHandlers {
  /// `POST /v1/embeddings`
  static func createEmbeddings(_ call: Call) -> Admission { pass(call, for: .embeddings) }

  /// `POST /v1/completions`
  static func createCompletion(_ call: Call) -> Admission { pass(call, for: .completions) }

  /// `POST /v1/moderations`
  static func createModeration(_ call: Call) -> Admission { pass(call, for: .moderations) }

  /// `POST /v1/messages/count_tokens`
  static func countTokens(_ call: Call) -> Admission {
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handleTokenCount($0, models) }
  }

  private static func pass(_ call: Call, for purpose: Purpose) -> Admission {
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handle($0, for: purpose, models) }
  }
}
