/// `[context]`: the memory of conversations.
public struct ContextSettings: SectionSettings, Sendable {
  /// When new turns are flushed to storage.
  public enum Sync: Equatable, Sendable {
    /// Before each answer.
    case always
    /// After this long at the latest.
    case every(milliseconds: Int)
    /// When the kernel decides.
    case never
  }

  /// The size of the ring.
  public private(set) var memoryBytes = 0
  /// Messages sent with each request, the new one included: 1 to 200. A bot may have its own.
  public private(set) var window = 0
  /// How long the messages of a request may be.
  public private(set) var windowTokens = WindowTokens.learned
  /// The largest part of a message that is kept, in bytes. Text is kept whatever its size.
  public private(set) var largestPartBytes = 0
  /// Absolute path of the ring's file. Without one the ring is in memory only.
  public private(set) var file: [UInt8]?
  /// When to flush the file.
  public private(set) var sync = Sync.never

  static let table = SettingRows.table(of: ContextSettings())

  private init() {}

  init(_ section: Section) {
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.size(
      "memory", 4 << 10...Quantity.largestRing, &memoryBytes, standard: "4M",
      """
      The size of the ring that holds all conversations. It is allocated at start; when it is full, the \
      oldest messages are dropped. A change needs a restart.
      """)
    rows.count(
      "window", 1...200, &window, standard: "10",
      "How many messages are sent with each request, the new one included.")
    rows.parsed(
      "window_tokens", .tokens, &windowTokens, WindowTokens.init, standard: "auto",
      """
      How long the messages of a request may be, in tokens; the oldest turns of the window are left out until they fit. \
      `auto`: what the backend's own errors have said, per integration. `no`: any length.
      """)
    rows.size(
      "largest_part", 0...Quantity.gibibyte, &largestPartBytes, standard: "64K",
      """
      The largest part of a message that the ring keeps. A larger photo, recording or file is replaced by a text that \
      names it, after its message was answered.
      """)
    rows.text(
      "file", .path, &file,
      .init(
        "The file that keeps conversations across restarts.",
        example: "/var/lib/postern/context.ring", absence: "memory only"))
    rows.sync(
      "sync", 1...Quantity.day, &sync, standard: "5s",
      """
      When the file is flushed to storage: `always`, before each answer; a duration, after this long at \
      the latest; or `never`, when the kernel decides. Only a power cut loses what is not flushed.
      """)
  }
}
