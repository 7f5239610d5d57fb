/// The signals that Postern acts on.
public enum Signal: Int32, Sendable {
  /// Read the configuration again.
  case hangUp = 1
  /// Stop, from a terminal.
  case interrupt = 2
  /// Stop.
  case terminate = 15
}
