package import Bytes
package import Platform

/// What reading the configuration file again came to.
package struct ReloadResult {
  /// When it was read.
  package let time: WallTime
  /// Whether the file applies now; otherwise the configuration before still does.
  package let isApplied: Bool
  /// The errors and warnings, a line each: `FILE:LINE: message`. Without secrets.
  package let findings: [Text]
  /// The names of the settings that apply only after a restart.
  package let restartNeeded: [StaticString]
}
