import Bytes

/// `[context]`: the memory of conversations.
public struct ContextSettings: Sendable {
  /// When what was answered is flushed to storage.
  public enum Sync: Equatable, Sendable {
    /// Before each answer.
    case always
    /// At the latest after this long.
    case every(milliseconds: Int)
    /// When the kernel sees fit.
    case never
  }

  /// The size of the ring.
  public let memoryBytes: Int
  /// Messages sent with each request, the new one included: 1 to 200. A bot has its own.
  public let window: Int
  /// Absolute path of the ring's file; without one it is in memory only.
  public let file: [UInt8]?
  /// When to flush the file.
  public let sync: Sync

  init(_ section: Section) {
    memoryBytes = section.number("memory")
    window = section.number("window")
    file = section.optionalText("file")
    sync =
      switch section.number("sync") {
      case 0: .always
      case -1: .never
      case let milliseconds: .every(milliseconds: milliseconds)
      }
  }

  static let table: [Setting] = [
    Setting(
      "memory", .size(4 << 10...4 * Quantity.gibibyte), standard: "4M",
      """
      The size of the ring, allocated at start, that holds all conversations; when it is full, the \
      oldest messages make room. A change needs a restart.
      """),
    Setting(
      "window", .count(1...200), standard: "10",
      "How many messages are sent with each request, the new one included."),
    Setting(
      "file", .path, example: "/var/lib/postern/context.ring", absence: "memory only",
      "The file that keeps conversations across restarts."),
    Setting(
      "sync", .interval(1...Quantity.day), standard: "5s",
      """
      When the file is flushed to storage: `always`, before each answer; after this long at the latest; \
      or `never`, which leaves it to the kernel. Only a power cut loses what is not flushed.
      """),
  ]
}
