/// The signals that Postern handles; signal(7).
public enum Signal: Int32, Sendable {
  /// Reload the configuration (SIGHUP).
  case hangUp = 1
  /// Stop, from a terminal (SIGINT).
  case interrupt = 2
  /// Stop (SIGTERM).
  case terminate = 15
  /// The terminal has another size (SIGWINCH).
  case windowChange = 28
}
