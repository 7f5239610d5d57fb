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

  /// `POST /v1/audio/speech`
  static func createSpeech(_ call: Call) -> Admission { pass(call, for: .speech) }

  /// `POST /v1/audio/transcriptions`
  static func createTranscription(_ call: Call) throws(APIError) -> Admission {
    try passRecording(call, for: .transcription)
  }

  /// `POST /v1/audio/translations`
  static func createTranslation(_ call: Call) throws(APIError) -> Admission {
    try passRecording(call, for: .translation)
  }

  /// `POST /v1/messages/count_tokens`
  static func countTokens(_ call: Call) -> Admission {
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handleTokenCount($0, models) }
  }

  /// Refuses what is not a form before its body has come: a recording is long.
  private static func passRecording(
    _ call: Call, for purpose: Purpose
  ) throws(APIError) -> Admission {
    let type = call.request.field("Content-Type") ?? []
    guard type.span.mediaType.equalsIgnoringCase("multipart/form-data") else {
      throw APIError(
        .unsupportedMediaType,
        "The body must be a form with the recording: send it as multipart/form-data.")
    }
    do throws(FormFault) {
      _ = try FormData.boundary(of: type.span)
    } catch {
      throw APIError(error)
    }
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handleRecording($0, for: purpose, models) }
  }

  private static func pass(_ call: Call, for purpose: Purpose) -> Admission {
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handle($0, for: purpose, models) }
  }
}
