import Backends
import Bytes
import Channels
package import Configuration
import EventLoop
package import Exchange
import HTTPServer
import Logging
import Outbox
import Platform
package import Storage

/// What the handlers of endpoints work with; lives as long as the process.
package final class Application {
  /// Whether messages are welcome, for `/readyz`.
  package let status = ServiceStatus()
  let active: ActiveConfiguration
  let messages: MessageService
  let chats: ChatService
  /// Messages whose senders do not wait.
  let waiting: WaitingService
  private let callbacks: Callbacks
  /// Through which people talk to bots.
  let channels: Channels
  let management: Management
  let conversations: ConversationResources
  let refusals: RefusalLog
  /// Reads the configuration file again, and calls what it is given with the result; `nil` without a file.
  package var reload: ((@escaping (ReloadResult) -> Void) -> Void)?
  let dispatcher: Dispatcher
  let followers: ExchangeFollowers
  let openAPI = Asset.openAPI()
  /// When it was made, for durations.
  let start: Instant
  /// The same moment as date and time, for people. If the clock has been set since, by more than a minute, it follows.
  var startTime: WallTime {
    let age = Int64((dispatcher.services.loop.now - start).milliseconds)
    let time = WallTime.now.milliseconds - age
    if abs(time - lastStartTime.milliseconds) > 60_000 { lastStartTime.milliseconds = time }
    return lastStartTime
  }
  private var lastStartTime = WallTime.now

  /// An application with a configuration. `version` is what backends are told in `User-Agent`.
  package init(
    _ configuration: Configuration, context: ContextStore, outbox: OutboxStore,
    services: Services, version: StaticString
  ) {
    active = ActiveConfiguration(configuration, version: version)
    dispatcher = Dispatcher(
      configuration.limits, configuration.context, context: context, services: services)
    waiting = WaitingService(
      WaitingMessages(configuration.outbox, in: outbox, through: dispatcher), active)
    callbacks = Callbacks(waiting.messages.deliveries, services, version: version)
    channels = Channels(
      ChannelSurroundings(services, waiting.messages, context, configuration),
      waiting.messages.deliveries)
    messages = MessageService(
      dispatcher, waiting,
      idempotencyMemory: configuration.limits.idempotencyMemoryBytes)
    followers = ExchangeFollowers(of: dispatcher.recorder, on: services.loop)
    dispatcher.restoreLimits(of: active.bots.integrations)
    dispatcher.restoreStatistics(of: active.bots.integrations)
    dispatcher.watches.adopt(active.bots.integrations)
    refusals = RefusalLog(services.log, on: services.loop)
    chats = ChatService(messages, refusals)
    conversations = ConversationResources(
      context: context, messages: messages, log: services.log)
    management = Management(
      active, conversations: conversations, services: services, refusals)
    start = services.loop.now
    dispatcher.botExists = { [active] in active.hasBot($0) }
    noteOpenAccess(configuration)
    adoptRecorder(of: configuration)
    status.onDrain = { [followers, waiting, channels] in
      followers.endAll()
      channels.drain()
      waiting.messages.stop()
    }
    callbacks.adopt(configuration.bots)
    waiting.messages.recover()
    channels.adopt(configuration)
  }

  /// Calls `action` once no message of the outbox is being answered, nor a reply on its way. After the drain only.
  package func whenIdle(_ action: @escaping () -> Void) { waiting.messages.whenIdle(action) }

  /// Releases what refers to the application's parts, at the end of the process.
  package func end() { waiting.messages.end() }

  /// Lets the management API change the configuration file.
  package func manage(with writer: ConfigurationWriter) {
    management.writer = writer
  }

  /// Applies another configuration to requests that come from now on; exchanges in flight finish under the one that
  /// they began with.
  package func adopt(_ configuration: Configuration) {
    if !active.configuration.keys.isEmpty { noteOpenAccess(configuration) }
    active.adopt(configuration)
    dispatcher.restoreLimits(of: active.bots.integrations)
    dispatcher.statistics.adopt(active.bots.integrations)
    dispatcher.watches.adopt(active.bots.integrations)
    messages.adopt(configuration.limits, configuration.context)
    adoptRecorder(of: configuration)
    callbacks.adopt(configuration.bots)
    waiting.messages.adopt(configuration.outbox)
    channels.adopt(configuration)
    followers.check(active.access)
  }

  /// Applies the settings of the flight recorder.
  private func adoptRecorder(of configuration: Configuration) {
    do throws(SystemError) {
      try dispatcher.recorder.adopt(configuration.recorder, masking: configuration.secrets)
    } catch {
      dispatcher.services.log.write(.error, "recorder_without_memory") { line in
        line.field("reason", error.reason)
        line.field("message", "lower [recorder] memory: until then the recorder is as it was")
      }
    }
  }

  /// Warns where no key protects the gateway.
  private func noteOpenAccess(_ configuration: Configuration) {
    guard configuration.keys.isEmpty else { return }
    dispatcher.services.log.write(.warning, "no_keys") { line in
      line.field(
        "message",
        """
        without a [key NAME] every program of this host is trusted, and may do everything; a proxy on this host \
        may let others in: 'postern key NAME' makes a key
        """)
    }
  }
}
