package import Configuration
package import Logging

/// The settings of `[log]` as the types of `Logging`.
extension LogSettings {
  /// The lowest severity that is logged.
  package var logLevel: LogLevel {
    switch level {
    case .error: .error
    case .warning: .warning
    case .info: .info
    case .debug: .debug
    }
  }

  /// The form of the lines.
  package var logFormat: LogFormat {
    switch format {
    case .text: .text
    case .json: .json
    }
  }
}
