import Bytes
import Protocols
import HTTPServer

/// The shape of errors. The path decides, so that it is known before everything else.
enum ErrorShape {
  case native
  case openai
  case anthropic

  /// The shape for a request, if there is one.
  init(for request: Request?) {
    self.init(request?.target?.segments, isAnthropic: { request?.isAnthropic == true })
  }

  /// The shape for a path. Both kinds of clients list models: Anthropic's send their version.
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
  /// The error for a request that no integration could be sent.
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

  /// The error as the vendors' shapes need it.
  var inFaces: FaceError {
    FaceError(type: code.kind.name, code: code.name, message: message, parameter: parameter)
  }
}
