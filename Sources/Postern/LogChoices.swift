import Configuration
import Logging

/// `[log]` in the log's own words.
extension LogSettings {
  /// The least grave that is written.
  var logLevel: LogLevel {
    switch level {
    case .error: .error
    case .warning: .warning
    case .info: .info
    case .debug: .debug
    }
  }

  /// How lines are written.
  var logFormat: LogFormat {
    switch format {
    case .text: .text
    case .json: .json
    }
  }
}
