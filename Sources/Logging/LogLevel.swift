/// How much a log line matters.
public enum LogLevel: Int, Comparable, Sendable {
  /// Something does not work.
  case error
  /// Something will need attention.
  case warning
  /// What an administrator wants to see of normal work.
  case info
  /// What a developer wants to see.
  case debug

  /// Whether one level is graver than another.
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

  var name: StaticString {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .info: "info"
    case .debug: "debug"
    }
  }

  /// syslog(3)'s number, as the journal reads it at the start of a line; sd-daemon(3).
  var journalPriority: StaticString {
    switch self {
    case .error: "<3>"
    case .warning: "<4>"
    case .info: "<6>"
    case .debug: "<7>"
    }
  }
}
