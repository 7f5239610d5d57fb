import Bytes

/// `[bot NAME]`: what clients talk to.
public final class BotSettings: Sendable {
  /// How clients that stream get a reply.
  public enum Delivery: Int, Sendable {
    case live, whole
  }

  /// The section's name.
  public let id: [UInt8]
  /// What people call it.
  public let name: [UInt8]
  /// The system message, from `system` or `system_file`; empty for none. Valid UTF-8.
  public let system: [UInt8]
  /// Messages sent with each request, the new one included: 1 to 200.
  public let window: Int
  /// What the user is told when all integrations fail.
  public let errorMessage: [UInt8]
  /// Whether a conversation keeps the integration that it was first given.
  public let isSticky: Bool
  /// The whole exchange, all attempts and waits together.
  public let deadlineMilliseconds: Int
  /// How clients that stream get a reply.
  public let delivery: Delivery

  init(_ section: Section) {
    id = section.name
    name = section.text("name")
    system = section.system ?? section.optionalText("system") ?? []
    window = section.number("window")
    errorMessage = section.text("error_message")
    isSticky = section.boolean("sticky")
    deadlineMilliseconds = section.number("deadline")
    delivery = Delivery(rawValue: section.number("delivery"))!
  }

  static let table: [Setting] = [
    Setting(
      "name", .line, example: "Support Bot", absence: "the section's name", "What people call it."),
    Setting(
      "system", .prose(mayBeEmpty: true), example: "You are terse.", absence: "no system message",
      "The system message, sent in front of every conversation."),
    Setting(
      "system_file", .path, example: "/etc/postern/support.txt", absence: "no system message",
      "A file with the system message, instead of `system`; at most 1 MiB."),
    Setting(
      "window", .count(1...200), example: "20", absence: "that of `[context]`",
      "How many messages are sent with each request, the new one included."),
    Setting(
      "error_message", .prose(mayBeEmpty: false),
      standard: "Sorry, I can't answer right now. Please try again in a moment.",
      "What the user is told when all integrations have failed."),
    Setting(
      "sticky", .boolean, standard: "no",
      "Whether a conversation keeps the integration that it was first given."),
    Setting(
      "deadline", .duration(1...Quantity.day), standard: "120s",
      "How long the whole exchange may take, all attempts and waits together."),
    Setting(
      "delivery", .choice("live, whole"), standard: "live",
      "What clients that stream get: the reply as it is produced, or only once complete and sound."),
  ]
}
