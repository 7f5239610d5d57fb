package import Configuration
package import Logging

/// `[log]` in the log's own words.
extension LogSettings {
  /// The least grave that is written.
  package var logLevel: LogLevel {
    switch level {
    case .error: .error
    case .warning: .warning
    case .info: .info
    case .debug: .debug
    }
  }

  /// How lines are written.
  package var logFormat: LogFormat {
    switch format {
    case .text: .text
    case .json: .json
    }
  }
}
