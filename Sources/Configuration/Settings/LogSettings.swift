/// `[log]`: what is written to standard error.
public struct LogSettings: Sendable {
  /// The least grave that is written.
  public enum Level: Int, Sendable {
    case error, warning, info, debug
  }

  /// How a line is written.
  public enum Format: Int, Sendable {
    case text, json
  }

  /// The least grave that is written.
  public let level: Level
  /// How a line is written.
  public let format: Format

  init(_ section: Section) {
    level = Level(rawValue: section.number("level"))!
    format = Format(rawValue: section.number("format"))!
  }

  static let table: [Setting] = [
    Setting(
      "level", .choice("error, warning, info, debug"), standard: "info",
      "The least grave that is written."),
    Setting(
      "format", .choice("text, json"), standard: "text",
      "One line of text for each event, or one JSON object."),
  ]
}
