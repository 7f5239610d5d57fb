/// Whether messages are welcome, and what is wrong with the configuration file.
package final class ServiceStatus {
  private(set) var isDraining = false
  /// Why the configuration file does not apply, a line each; empty where it does.
  private(set) var faults: [[UInt8]] = []

  /// Notes why the configuration file does not apply, a line each, without secrets; empty where it does.
  package func note(faults: [[UInt8]]) {
    self.faults = faults
  }

  /// Notes that the gateway is about to stop.
  package func drain() {
    isDraining = true
  }
}
