/// `[recorder]`: the flight recorder, which keeps the last exchanges in memory.
public struct RecorderSettings: SectionSettings, Equatable, Sendable {
  /// The memory for exchanges, in bytes; 0 for none.
  public private(set) var memoryBytes = 0
  /// Whether the messages and replies are kept, too.
  public private(set) var keepsContent = false

  /// The least memory that holds an exchange of any kind.
  static let leastMemory = 16 << 10

  static let table = SettingRows.table(of: RecorderSettings())

  private init() {}

  init(_ section: Section) {
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.size(
      "memory", 0...16 << 20, &memoryBytes, standard: "256K",
      """
      The memory for the last exchanges, of which it holds about a thousand; the newest replaces the oldest. At least \
      16K, or 0: none are kept.
      """)
    rows.boolean(
      "content", &keepsContent, standard: "no",
      """
      Whether exchanges are kept with what was said. Configured secrets in it are masked; long texts are cut off.
      """)
  }
}
