/// `[log]`: what is logged to standard error.
public struct LogSettings: SectionSettings, Sendable {
  /// How severe an event is, the most severe first.
  public enum Level: Sendable {
    case error, warning, info, debug
  }

  /// How a line is written.
  public enum Format: Sendable {
    case text, json
  }

  /// The lowest severity that is logged.
  public private(set) var level = Level.info
  /// How a line is written.
  public private(set) var format = Format.text

  static let table = SettingRows.table(of: LogSettings())

  private init() {}

  init(_ section: Section) {
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.choice(
      "level", &level, standard: "info", "The lowest severity that is logged.")
    rows.choice(
      "format", &format, standard: "text", "One line of text for each event, or one JSON object.")
  }
}

extension LogSettings.Level: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("error", .error), ("warning", .warning), ("info", .info), ("debug", .debug),
  ]
}

extension LogSettings.Format: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("text", .text), ("json", .json),
  ]
}
