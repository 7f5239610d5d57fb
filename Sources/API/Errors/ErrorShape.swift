import Bytes
import Protocols
import HTTPServer

/// Whose shape errors have. It goes by the path, so that it is known before anything else is.
enum ErrorShape {
  case native
  case openai
  case anthropic

  /// The shape for a request, if there is one.
  init(for request: Request?) {
    self.init(request?.target?.segments, isAnthropic: { request?.isAnthropic == true })
  }

  /// The shape for a path. Models are listed for both; what tells Anthropic's clients apart is their version field.
  init(_ segments: PathSegments?, isAnthropic: () -> Bool) {
    self = .native
    guard let segments, segments.count > 1, segments[0].equals("v1") else { return }
    let name = segments[1]
    if name.equals("messages") {
      self = .anthropic
    } else if name.equals("models") {
      self = isAnthropic() ? .anthropic : .openai
    } else if name.equals("chat") {
      self = .openai
    }
  }

  /// The shape of the answers to a client's own request.
  init(_ shape: ChatRequest.Shape) {
    self = shape == .openai ? .openai : .anthropic
  }
}

extension APIError {
  /// What no integration could be sent.
  init(_ fault: TranslationFault) {
    self.init(.unsupportedParameter, fault.message)
    parameter = fault.field
  }

  /// The response in a shape.
  func response(as shape: ErrorShape) -> Response {
    let body =
      switch shape {
      case .native: self.body()
      case .openai: inFaces.openAIBody
      case .anthropic: inFaces.anthropicBody
      }
    var response = Response(status: status, contentType: "application/json", body: body)
    response.fields = fields
    return response
  }

  /// The error as the shapes know it.
  var inFaces: FaceError {
    FaceError(type: code.kind.name, code: code.name, message: message, parameter: parameter)
  }
}
