import Bytes
import HTTPServer
import JSON
import Protocols

/// Ollama's interface, for programs that speak nothing else: `[server] ollama = yes`.
enum OllamaHandlers {
  /// `POST /api/chat`
  static func chat(_ call: Call) -> Admission { answer(call, for: .chat) }

  /// `POST /api/generate`
  static func generate(_ call: Call) -> Admission { answer(call, for: .completions) }

  /// `GET /api/tags`
  static func listModels(_ call: Call) -> Admission {
    .answer(ModelTable(for: call).ollamaModels)
  }

  /// `GET /api/ps`: no model is loaded, because Postern has none.
  static func listLoaded(_ call: Call) -> Admission {
    .answer(.json { $0.member("models", raw: [UInt8]("[]").span) })
  }

  /// `POST /api/show`
  static func showModel(_ call: Call) -> Admission {
    let (models, refusals) = (ModelTable(for: call), call.application.refusals)
    return call.receiveBody { request in
      do throws(APIError) {
        let body = try JSONValue.object(in: request.body)
        // The older name of the field.
        let name = if let older = body["name"]?.string { older } else { try body.model }
        request.respond(try models.ollamaModel(name))
      } catch {
        refusals.note(error, of: request)
        request.respond(error.response(as: .ollama))
      }
    }
  }

  /// The version of Ollama whose interface this is: programs look at it before they use what is newer.
  private static let interface: StaticString = "0.12.6"

  /// `GET /api/version`
  static func version(_ call: Call) -> Admission {
    .answer(.json { $0.member("version", string: interface) })
  }

  private static func answer(_ call: Call, for purpose: Purpose) -> Admission {
    let chats = call.application.chats
    let models = ModelTable(for: call)
    return call.receiveBody { chats.handle($0, in: .ollama, for: purpose, models) }
  }
}
