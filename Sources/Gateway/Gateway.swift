import EventLoop
import Logging
import Bytes
public import Configuration
import Context
import Dialects
public import HTTPServer
import JSON

/// The application behind the server: finds out what a request wants, who may want it, and has it done.
public final class Gateway: RequestHandler {
  private let version: StaticString
  private let messages: MessageEndpoint
  // What a reload replaces. Whatever has begun goes on with the objects that it has.
  private var configuration: Configuration
  private var access: AccessControl
  private var bots: BotTable
  private var isDraining = false
  /// What is wrong with the configuration file as it is now, if that is not the one in force.
  private var faults: [[UInt8]] = []

  /// A gateway for a configuration. `version` is what backends are told in `User-Agent`.
  public init(
    _ configuration: Configuration, context: ContextStore, services: Services,
    version: StaticString
  ) {
    self.configuration = configuration
    self.version = version
    messages = MessageEndpoint(
      Dispatcher(configuration.limits, context: context, services: services),
      idempotencyMemory: configuration.limits.idempotencyMemoryBytes)
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, version: version)
  }

  /// Puts another configuration in force, for requests that come from now on; exchanges in flight finish under the one
  /// that they began with. Integrations that stay keep their connections, and what is known of their backends.
  public func adopt(_ configuration: Configuration) {
    self.configuration = configuration
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, replacing: bots, version: version)
    messages.adopt(configuration.limits)
  }

  /// Notes what keeps the configuration file from being put in force, a line each, without secrets; nothing where it
  /// is in force. `/readyz` shows it.
  public func note(faults: [[UInt8]]) {
    self.faults = faults
  }

  /// From now on `/readyz` says that the gateway is about to stop.
  public func drain() {
    isDraining = true
  }

  // MARK: RequestHandler

  /// Everything that can be refused before the body is read.
  public func admit(_ request: Request) -> Admission {
    guard let target = request.target else {
      return .answer(APIError(.badTarget).response())
    }
    switch Endpoint.match(request.method, target) {
    case .unknown:
      return .answer(
        APIError(404, .notFound, "not_found", "There is nothing at this path.").response())
    case .otherMethods(let allowed):
      var error = APIError(
        405, .invalidRequest, "method_not_allowed", "This path does not take this method.")
      error.fields.append(("Allow", allowed))
      return .answer(error.response())
    case .found(let endpoint, let parameters):
      if let error = refusal(of: request, for: endpoint, parameters) {
        return .answer(error.response())
      }
      return admit(to: endpoint, parameters)
    }
  }

  /// The answer to what the server refuses by itself.
  public func response(to refusal: Refusal) -> Response {
    APIError(refusal).response()
  }

  private func refusal(
    of request: Request, for endpoint: Endpoint, _ parameters: [[UInt8]]
  ) -> APIError? {
    if let error = access.refusal(
      of: request.peer, fields: { request.field($0) }, scope: endpoint.scope, bot: parameters.first)
    {
      return error
    }
    if endpoint.method == .post, !isJSON(request.field("Content-Type")) {
      return APIError(
        415, .invalidRequest, "unsupported_media_type",
        "The body must be JSON, with 'Content-Type: application/json'.")
    }
    return nil
  }

  private func admit(to endpoint: Endpoint, _ parameters: [[UInt8]]) -> Admission {
    switch endpoint.operation {
    case .health:
      return .answer(status("ok", 200))
    case .readiness:
      return .answer(isDraining ? status("stopping", 503) : status("ready", 200, faults))
    case .sendMessage:
      guard let bot = bots[parameters[0]] else {
        return .answer(
          APIError(404, .notFound, "bot_not_found", "There is no bot of this name.").response())
      }
      return .read(bodyLimit: configuration.server.maxBodyBytes) { [self] in
        messages.handle($0, for: bot)
      }
    }
  }

  /// `application/json` or a type built on it, with any parameters; RFC 9110 section 8.3.1, RFC 6839.
  private func isJSON(_ contentType: [UInt8]?) -> Bool {
    guard let contentType else { return false }
    let end = contentType.firstIndex(of: UInt8(ascii: ";")) ?? contentType.count
    let type = contentType.span.extracting(0..<end).trimmingBlanks
    if type.equalsIgnoringCase("application/json") { return true }
    return type.count > 17 && type.extracting(0..<12).equalsIgnoringCase("application/")
      && type.extracting(type.count - 5..<type.count).equalsIgnoringCase("+json")
  }

  private func status(
    _ word: StaticString, _ status: Int, _ faults: [[UInt8]] = []
  ) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: word)
    if !faults.isEmpty {
      writer.name("reasons")
      writer.beginArray()
      for fault in faults { writer.string(fault.span) }
      writer.endArray()
    }
    writer.endObject()
    return Response(status: status, contentType: "application/json", body: writer.finish())
  }
}
