/// The severity of a log line, from `error`, the highest, to `debug`, the lowest.
///
/// A level is less than another one if it is more severe: `error < debug`.
public enum LogLevel: Int, Comparable, Sendable {
  /// Something does not work.
  case error
  /// Something will need attention.
  case warning
  /// Normal work that an administrator wants to see.
  case info
  /// Details for finding a fault.
  case debug

  /// Whether `left` is more severe than `right`.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

  var name: StaticString {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .info: "info"
    case .debug: "debug"
    }
  }

  /// The number of syslog(3) with which a line for the journal begins; sd-daemon(3).
  var journalPriority: StaticString {
    switch self {
    case .error: "<3>"
    case .warning: "<4>"
    case .info: "<6>"
    case .debug: "<7>"
    }
  }
}
