import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Logging
import Platform
import Storage

/// The bots and integrations of the configuration file as resources of the management API.
///
/// A change is checked against the file as it is at that moment, on the thread that writes it. The answer is what was
/// saved.
final class Management {
  /// Changes the configuration file; `nil` without a file.
  var writer: ConfigurationWriter?
  private let active: ActiveConfiguration
  private let conversations: ConversationResources
  private let services: Services
  private let refusals: RefusalLog
  private let tags: EntityTag

  init(
    _ active: ActiveConfiguration, conversations: ConversationResources, services: Services,
    _ refusals: RefusalLog
  ) {
    self.active = active
    self.conversations = conversations
    self.services = services
    self.refusals = refusals
    tags = EntityTag(key: SipHash.Key(services.random.next(), services.random.next()))
  }

  // MARK: Reading

  /// A page of all bots, or of those that a key is limited to.
  func bots(visibleTo key: APIKeySettings?, _ page: Page) -> Response {
    list(active.configuration.resources(.bot).filter { key.reaches($0.name.name) }, page)
  }

  /// A page of the integrations of a bot.
  func integrations(of bot: [UInt8], _ page: Page) -> Response {
    list(active.configuration.resources(.integration).filter { $0.bot == bot }, page)
  }

  /// A page of the integrations of all bots that a key reaches.
  func integrations(visibleTo key: APIKeySettings?, _ page: Page) -> Response {
    list(active.configuration.resources(.integration).filter { key.reaches($0.bot) }, page)
  }

  /// One bot or integration.
  @inline(never)
  func resource(_ name: SectionName) throws(APIError) -> Response {
    guard let resource = active.configuration.resource(name) else { throw .noSuch(name.kind) }
    return response(resource, status: 200)
  }

  private func list(_ resources: [Resource], _ page: Page) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      for resource in resources.dropFirst(page.start).prefix(page.size) {
        resource.write(to: &writer)
      }
      writer.endArray()
      page.writeMeta(total: resources.count, to: &writer)
    }
  }

  private func response(_ resource: Resource, status: Int) -> Response {
    var response = Response.json(status: status) { writer in
      writer.name("data")
      resource.write(to: &writer)
    }
    response.fields.append(("ETag", tags.tag(of: resource)))
    return response
  }

  // MARK: Changing

  /// Adds a bot. The key must reach all bots.
  func createBot(_ request: Request, _ members: JSONValue, by key: APIKeySettings?) {
    create(.bot, request, members, by: key) { (configuration, name) throws(APIError) in
      ResourceChanges.addingBot(name, to: configuration)
    }
  }

  /// Adds an integration to a bot.
  func createIntegration(
    of bot: [UInt8], _ request: Request, _ members: JSONValue, by key: APIKeySettings?
  ) {
    create(.integration, request, members, by: key) { (configuration, name) throws(APIError) in
      if let other = members["bot"]?.string, other != bot {
        throw .invalid("bot", "bot must be the bot of the path: leave it out.")
      }
      guard configuration.resource(SectionName(.bot, bot)) != nil else { throw .noSuch(.bot) }
      return ResourceChanges.addingIntegration(name, to: bot)
    }
  }

  /// Changes a bot or an integration by a JSON merge patch.
  func patch(
    _ name: SectionName, _ request: Request, _ patch: JSONValue, by key: APIKeySettings?
  ) {
    let (tags, condition) = (tags, request.field("If-Match"))
    if isOutdated(condition, name) {
      return request.respond(APIError.preconditionFailed.response())
    }
    save(request, "patched", by: key) { (configuration) throws(APIError) in
      let resource = try configuration.resource(name, for: key)
      guard tags.matches(condition, resource) else { throw .preconditionFailed }
      if name.kind == .integration, let bot = patch["bot"]?.string { try key.checkReaches(bot) }
      if let id = patch["id"], !id.isNull, id.string != name.name {
        throw .invalid("id", "An id cannot be changed: leave it out, or create another one.")
      }
      return try ResourceChanges.changes(in: patch, to: name, from: resource)
    } then: { [self] saved in
      saved.resource(name).map { response($0, status: 200) }
        ?? APIError.noSuch(name.kind).response()
    }
  }

  /// Deletes a bot with its integrations and its conversations, or an integration.
  func delete(_ name: SectionName, _ request: Request, by key: APIKeySettings?) {
    let (tags, condition) = (tags, request.field("If-Match"))
    if isOutdated(condition, name) {
      return request.respond(APIError.preconditionFailed.response())
    }
    var cleaning: Cleaning?
    if name.kind == .bot {
      cleaning = { [conversations] in conversations.deleteAll(of: name.name, then: $0) }
    }
    save(request, "deleted", by: key, cleaning: cleaning) { (configuration) throws(APIError) in
      let resource = try configuration.resource(name, for: key)
      guard tags.matches(condition, resource) else { throw .preconditionFailed }
      return try ResourceChanges.deleting(resource, from: configuration)
    } then: { _ in
      Response(status: 204, contentType: nil, body: [])
    }
  }

  /// Answers with what a change would do to the file: a merge patch of `{"bots": {ID: …}, "integrations": {ID: …}}`, where
  /// each object is as `PATCH` takes it. `null` deletes it, and one that is missing is added.
  func preview(_ request: Request, _ patch: JSONValue, by key: APIKeySettings?) {
    guard let writer else {
      return request.respond(APIError.noConfigurationFile.response())
    }
    let path = writer.path
    let planned = PlanResult()
    writer.preview { configuration in
      do throws(APIError) {
        return try ConfigurationPatch(patch, key).changes(of: configuration)
      } catch {
        planned.error = error
        return nil
      }
    } then: { [self] result in
      switch result {
      case .success(let diff):
        request.respond(
          .json { writer in
            writer.name("data")
            writer.beginObject()
            writer.member("diff", string: diff.span)
            writer.endObject()
          })
      case .failure(let failure): refuse(failure, planned, of: path, request, by: key)
      }
    }
  }

  /// Whether a condition fails for the resource as the API shows it now. The file is not read for this.
  private func isOutdated(_ condition: [UInt8]?, _ name: SectionName) -> Bool {
    active.configuration.resource(name).map { !tags.matches(condition, $0) } ?? false
  }

  private typealias Addition =
    (Configuration, SectionName) throws(APIError) -> [ConfigurationChange]

  private func create(
    _ kind: SectionKind, _ request: Request, _ members: JSONValue, by key: APIKeySettings?,
    _ addition: @escaping Addition
  ) {
    let created = Created()
    save(request, "created", by: key) { (configuration) throws(APIError) in
      let name = SectionName(kind, try ResourceChanges.id(for: members, kind, in: configuration))
      created.name = name
      return try addition(configuration, name)
        + ResourceChanges.changes(in: members, to: name, from: nil)
    } then: { [self] saved in
      guard let name = created.name, let resource = saved.resource(name) else {
        return APIError.noSuch(kind).response()
      }
      var response = response(resource, status: 201)
      response.fields.append(("Location", name.path))
      return response
    }
  }

  /// The name of the created resource. The writer's thread sets it; the loop's thread reads it afterwards.
  private final class Created {
    var name: SectionName?
  }

  private typealias Plan = (Configuration) throws(APIError) -> [ConfigurationChange]

  /// Why a plan's last call declined. The writer's thread sets it; the loop's thread reads it afterwards.
  private final class PlanResult {
    var error: APIError?
  }

  /// Work between a change and its answer, which calls what it is given when it is done.
  private typealias Cleaning = (_ done: @escaping () -> Void) -> Void

  /// Changes the file by a plan, logs it and answers. `action` is the event's in the log.
  private func save(
    _ request: Request, _ action: StaticString, by key: APIKeySettings?,
    cleaning: Cleaning? = nil, _ plan: @escaping Plan,
    then answer: @escaping (Configuration) -> Response
  ) {
    guard let writer else {
      return request.respond(APIError.noConfigurationFile.response())
    }
    let path = writer.path
    let planned = PlanResult()
    writer.save { configuration in
      do throws(APIError) {
        return try plan(configuration)
      } catch {
        planned.error = error
        return nil
      }
    } then: { [self] result in
      switch result {
      case .success(let saved):
        log(saved.changes, action, by: key, request)
        if let error = saved.unconfirmed {
          request.respond(APIError(unconfirmed: error, in: path).response())
        } else {
          let response = answer(saved.report.configuration!)
          guard let cleaning else { return request.respond(response) }
          cleaning { request.respond(response) }
        }
      case .failure(let failure): refuse(failure, planned, of: path, request, by: key)
      }
    }
  }

  /// Answers that a plan or the file does not allow a change.
  private func refuse(
    _ failure: ConfigurationStore.Failure, _ planned: PlanResult, of path: [UInt8],
    _ request: Request, by key: APIKeySettings?
  ) {
    guard case .declined = failure, let error = planned.error else {
      return request.respond(
        APIError(failure, of: path, showsFindings: key?.bots.isEmpty ?? true).response())
    }
    refusals.note(error, of: request)
    request.respond(error.response())
  }

  /// Logs who has changed what: sections and settings, without values, because some are secrets.
  private func log(
    _ changes: [ConfigurationChange], _ action: StaticString, by key: APIKeySettings?,
    _ request: Request
  ) {
    guard !changes.isEmpty else { return }
    services.log.write(.info, "configuration_changed") { line in
      line.caller(key, request)
      line.field("action", action)
      line.field("changes", ConfigurationChange.summary(of: changes))
      line.field("request_id", request.identifier)
    }
  }

  // MARK: Integrations at work

  /// The message of tests whose client gives none, and of previews.
  static let greeting: StaticString = "Hello"

  /// Sends a message through an integration and reports the result, unless the client leaves.
  func test(_ integration: IntegrationSettings, by key: APIKeySettings?, _ request: Request) {
    let message: [UInt8]
    do throws(APIError) {
      message = try Management.testMessage(in: request.body)
    } catch {
      return request.respond(error.response())
    }
    guard let bot = active.configuration.bots.first(where: { $0.id == integration.bot }) else {
      return request.respond(APIError.noSuch(.bot).response())
    }
    guard integration.testedPurpose != nil else {
      let error = APIError(
        .noRequest, "This integration serves audio only, of which no test is sent: it would cost.")
      return request.respond(error.response())
    }
    let test = IntegrationTest(
      of: integration, bot: bot, services: services, version: active.version)
    request.onAbandon = { test.cancel() }
    test.start(message) { [self] result in
      log(result.report, by: key, request)
      request.respond(
        .json { writer in
          writer.name("data")
          result.write(to: &writer)
        })
    }
  }

  /// Logs who has sent a message through an integration, without the message.
  private func log(_ report: AttemptReport, by key: APIKeySettings?, _ request: Request) {
    services.log.write(.info, "integration_tested") { line in
      line.caller(key, request)
      line.field("integration", report.integration)
      line.field("outcome", report.outcome.name)
      if let status = report.status { line.field("status", status) }
      if !report.advice.bytes.isEmpty { line.field("message", report.advice) }
      line.field("request_id", request.identifier)
    }
  }

  /// The message that a body has for a test.
  private static func testMessage(in body: [UInt8]) throws(APIError) -> [UInt8] {
    guard !body.isEmpty, let content = try JSONValue.object(in: body)["content"].present else {
      return [UInt8](greeting)
    }
    guard let text = content.string, !text.isEmpty else {
      throw .invalid("content", "content must be a non-empty string.")
    }
    return text
  }
}

extension Configuration {
  /// A bot or an integration that a key reaches, by its name.
  func resource(
    _ name: SectionName, for key: APIKeySettings?
  ) throws(APIError) -> Resource {
    guard let resource = resource(name) else { throw key.missing(.noSuch(name.kind)) }
    try key.checkReaches(name.kind == .bot ? name.name : resource.bot)
    return resource
  }
}
