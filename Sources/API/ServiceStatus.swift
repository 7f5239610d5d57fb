package import Storage

/// Whether messages are welcome, and what is wrong with the configuration file.
package final class ServiceStatus {
  private(set) var isDraining = false
  /// Called when the gateway is about to stop.
  var onDrain: (() -> Void)?
  /// Why the configuration file does not apply as a whole, a line each; empty where it does.
  var faults: [[UInt8]] { restartNeeded.isEmpty ? fileFaults : fileFaults + [restartNeeded] }
  /// Whether the file applies, but for what needs a restart.
  var isConfigurationValid: Bool { fileFaults.isEmpty }
  /// The result of the last reload; `nil` if there was none.
  private(set) var lastReload: ReloadResult?
  private var fileFaults: [[UInt8]] = []
  private var restartNeeded: [UInt8] = []

  /// Notes why the configuration file does not apply, a line each, without secrets; empty where it does.
  package func note(faults: [[UInt8]]) {
    fileFaults = faults
  }

  /// Notes which settings apply only after a restart, in words; empty for none.
  package func note(restartNeeded: [UInt8]) {
    self.restartNeeded = restartNeeded
  }

  /// Notes that the file was read again.
  package func note(_ result: ReloadResult) {
    lastReload = result
  }

  /// Notes that the gateway is about to stop.
  package func drain() {
    isDraining = true
    onDrain?()
  }
}
