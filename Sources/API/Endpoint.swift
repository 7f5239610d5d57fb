import Bytes
import Configuration
import Protocols
import HTTPServer

/// What a path and method stand for.
struct Endpoint {
  /// What is to be done. `EndpointDescription` says of each what clients have to know.
  enum Operation {
    case sendMessage
    case listBots, createBot
    case readBot, patchBot, deleteBot
    case listIntegrations, createIntegration
    case readIntegration, patchIntegration, deleteIntegration
    case testIntegration, previewIntegration
    case listConversations, readConversation, deleteConversation, listMessages
    case chat(ChatRequest.Shape)
    case listModels
    case showModel
    case statistics, metrics
    case health
    case readiness
    case openAPI
  }

  /// What the first parameter of a path names.
  enum Subject {
    case operation, bots, bot, integration, conversation, model
  }

  /// Segments by `/`; one in braces stands for any.
  let path: StaticString
  let method: Method
  /// What a key must allow; `nil` for what anybody may ask who can connect.
  let scope: Scopes?
  let operation: Operation

  /// What the path names.
  var subject: Subject {
    switch operation {
    case .chat, .listModels, .showModel: .model
    case .statistics, .metrics, .health, .readiness, .openAPI: .operation
    case .listBots, .createBot: .bots
    case .sendMessage, .readBot, .patchBot, .deleteBot, .listIntegrations, .createIntegration,
      .listConversations:
      .bot
    case .readIntegration, .patchIntegration, .deleteIntegration, .testIntegration,
      .previewIntegration:
      .integration
    case .readConversation, .deleteConversation, .listMessages: .conversation
    }
  }

  /// Whether a request has a body, which must be JSON.
  var takesBody: Bool {
    if case .testIntegration = operation { return false }
    return method == .post || method == .patch
  }

  /// Everything that Postern answers.
  static let all: [Endpoint] = [
    Endpoint(
      path: "/v1/bots/{bot}/messages", method: .post, scope: .chat, operation: .sendMessage),
    Endpoint(path: "/v1/bots", method: .get, scope: .read, operation: .listBots),
    Endpoint(path: "/v1/bots", method: .post, scope: .write, operation: .createBot),
    Endpoint(path: "/v1/bots/{bot}", method: .get, scope: .read, operation: .readBot),
    Endpoint(path: "/v1/bots/{bot}", method: .patch, scope: .write, operation: .patchBot),
    Endpoint(path: "/v1/bots/{bot}", method: .delete, scope: .write, operation: .deleteBot),
    Endpoint(
      path: "/v1/bots/{bot}/integrations", method: .get, scope: .read,
      operation: .listIntegrations),
    Endpoint(
      path: "/v1/bots/{bot}/integrations", method: .post, scope: .write,
      operation: .createIntegration),
    Endpoint(
      path: "/v1/bots/{bot}/conversations", method: .get, scope: .read,
      operation: .listConversations),
    Endpoint(
      path: "/v1/integrations/{integration}", method: .get, scope: .read,
      operation: .readIntegration),
    Endpoint(
      path: "/v1/integrations/{integration}", method: .patch, scope: .write,
      operation: .patchIntegration),
    Endpoint(
      path: "/v1/integrations/{integration}", method: .delete, scope: .write,
      operation: .deleteIntegration),
    Endpoint(
      path: "/v1/integrations/{integration}/test", method: .post, scope: .write,
      operation: .testIntegration),
    Endpoint(
      path: "/v1/integrations/{integration}/preview", method: .get, scope: .read,
      operation: .previewIntegration),
    Endpoint(
      path: "/v1/conversations/{conversation}", method: .get, scope: .read,
      operation: .readConversation),
    Endpoint(
      path: "/v1/conversations/{conversation}", method: .delete, scope: .write,
      operation: .deleteConversation),
    Endpoint(
      path: "/v1/conversations/{conversation}/messages", method: .get, scope: .read,
      operation: .listMessages),
    Endpoint(
      path: "/v1/chat/completions", method: .post, scope: .chat, operation: .chat(.openai)),
    Endpoint(path: "/v1/messages", method: .post, scope: .chat, operation: .chat(.anthropic)),
    Endpoint(path: "/v1/models", method: .get, scope: .chat, operation: .listModels),
    Endpoint(path: "/v1/models/{bot}", method: .get, scope: .chat, operation: .showModel),
    Endpoint(
      path: "/v1/models/{bot}/{integration}", method: .get, scope: .chat, operation: .showModel),
    Endpoint(path: "/v1/stats", method: .get, scope: .read, operation: .statistics),
    Endpoint(path: "/metrics", method: .get, scope: .read, operation: .metrics),
    Endpoint(path: "/healthz", method: .get, scope: nil, operation: .health),
    Endpoint(path: "/readyz", method: .get, scope: nil, operation: .readiness),
    Endpoint(path: "/openapi.json", method: .get, scope: nil, operation: .openAPI),
  ]

  /// What came of looking for an endpoint.
  enum Match {
    /// Found; with what stood for the segments in braces.
    case found(Endpoint, parameters: [[UInt8]])
    /// The path exists, for these methods.
    case otherMethods([UInt8])
    /// There is no such path.
    case unknown
  }

  /// Looks a request up. HEAD goes wherever GET does; RFC 9110 section 9.3.2.
  static func match(_ method: Method, _ target: Target) -> Match {
    let wanted: Method = if case .head = method { .get } else { method }
    var allowed: [UInt8] = []
    for endpoint in all {
      guard let parameters = endpoint.parameters(of: target.segments) else { continue }
      if endpoint.method == wanted { return .found(endpoint, parameters: parameters) }
      if !allowed.isEmpty { allowed.append(", ") }
      allowed.append(endpoint.method.name)
      if endpoint.method == .get { allowed.append(", HEAD") }
    }
    return allowed.isEmpty ? .unknown : .otherMethods(allowed)
  }

  /// What stands for the segments in braces, if the path fits; else `nil`.
  private func parameters(of segments: PathSegments) -> [[UInt8]]? {
    let pattern = UnsafeBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount).span
    var parameters: [[UInt8]] = []
    var start = 1
    for index in 0..<segments.count {
      let segment = segments[index]
      guard start <= pattern.count else { return nil }
      let end = pattern.firstIndex(of: UInt8(ascii: "/"), from: start) ?? pattern.count
      let wanted = pattern.extracting(start..<end)
      if wanted.hasPrefix("{") {
        parameters.append(segment.copied)
      } else if !wanted.equals(segment) {
        return nil
      }
      start = end + 1
    }
    return start == pattern.count + 1 ? parameters : nil
  }
}
