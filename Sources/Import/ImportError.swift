public import Bytes

/// Why a file cannot be imported.
public enum ImportError: Error {
  /// libyaml cannot be loaded.
  case missingLibrary
  /// A line of the file is wrong.
  case invalid(line: Int, Text)

  /// The error as a message about a file: what is wrong, then what to do.
  public func message(file: [UInt8]) -> Text {
    switch self {
    case .missingLibrary:
      """
      libyaml, which reads YAML, cannot be loaded; install it: apt install libyaml-0-2 (the static build of Postern \
      loads no library)
      """
    case .invalid(let line, let message): "\(file):\(line): \(message)"
    }
  }
}
