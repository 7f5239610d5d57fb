package import Configuration
import EventLoop
package import Exchange
import HTTPServer
import Platform
package import Storage

/// What the handlers of endpoints work with; lives as long as the process.
package final class Application {
  /// Whether messages are welcome, for `/readyz`.
  package let status = ServiceStatus()
  let active: ActiveConfiguration
  let messages: MessageEndpoint
  let chats: ChatEndpoint
  let management: Management
  let conversations: ConversationResources
  let dispatcher: Dispatcher
  /// When it was made, for durations.
  let start: Instant
  /// The same moment as date and time, for people.
  let startTime = WallTime.now

  /// An application with a configuration. `version` is what backends are told in `User-Agent`.
  package init(
    _ configuration: Configuration, context: ContextStore, services: Services,
    version: StaticString
  ) {
    active = ActiveConfiguration(configuration, version: version)
    dispatcher = Dispatcher(configuration.limits, context: context, services: services)
    messages = MessageEndpoint(
      dispatcher, idempotencyMemory: configuration.limits.idempotencyMemoryBytes)
    chats = ChatEndpoint(messages)
    conversations = ConversationResources(context: context, messages: messages)
    management = Management(active, conversations: conversations, services: services)
    start = services.loop.now
    dispatcher.isKnown = { [active] in active.hasBot($0) }
  }

  /// Lets the management API change the configuration file.
  package func manage(with writer: ConfigurationWriter) {
    management.writer = writer
  }

  /// Applies another configuration to requests that come from now on; exchanges in flight finish under the one that
  /// they began with.
  package func adopt(_ configuration: Configuration) {
    active.adopt(configuration)
    messages.adopt(configuration.limits)
  }
}
