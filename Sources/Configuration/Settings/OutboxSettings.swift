/// `[outbox]`: messages that wait for their reply, and replies that wait for their receiver.
public struct OutboxSettings: SectionSettings, Equatable, Sendable {
  /// Absolute path of the outbox's file. Without one the outbox is in memory only.
  public private(set) var file: [UInt8]?
  /// The size of the outbox.
  public private(set) var sizeBytes = 0
  /// How long a message waits for a backend, or a reply for its receiver.
  public private(set) var holdMilliseconds = 0
  /// How long a finished message can be asked for.
  public private(set) var keepMilliseconds = 0

  /// The longest time that anything waits or is kept, in milliseconds.
  private static let longest = 30 * Quantity.day

  static let table = SettingRows.table(of: OutboxSettings())

  private init() {}

  init(_ section: Section) {
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.text(
      "file", .path, &file,
      .init(
        "The file that keeps messages that wait across restarts. A change needs a restart.",
        example: "/var/lib/postern/outbox.ring", absence: "memory only"))
    rows.size(
      "size", 64 << 10...Quantity.gibibyte, &sizeBytes, standard: "1M",
      """
      The size of the outbox, fixed. When it is full, a message that would wait is refused with 503. A change needs a \
      restart.
      """)
    rows.duration(
      "hold", 1000...Self.longest, &holdMilliseconds, standard: "24h",
      "How long a message waits for a backend, or a reply for its receiver, until it is given up.")
    rows.duration(
      "keep", 0...Self.longest, &keepMilliseconds, standard: "1h",
      "How long a finished message can be asked for by `GET /v1/messages/{id}`.")
  }
}
