public import Bytes

/// Something wrong, or doubtful, in a configuration file.
public struct Finding: Sendable {
  /// What a finding does to the file.
  public enum Severity: Sendable {
    /// The file is not valid.
    case error
    /// The file is valid, and probably not what was meant.
    case warning
  }

  /// The line in the file, from 1.
  public let line: Int
  /// Whether the file is still valid.
  public let severity: Severity
  /// The setting that the section at that line lacks, if that is what is wrong.
  public let missing: StaticString?
  /// What is wrong and, where it helps, what to write instead: UTF-8 without line breaks. Never contains
  /// a secret.
  public let message: Text

  /// The finding as one line with its end: `FILE:LINE: message` or `FILE:LINE: warning: message`.
  public func text(file: [UInt8]) -> [UInt8] {
    var text = file
    text.append(":")
    text.append(decimal: line)
    text.append(severity == .error ? ": " : ": warning: ")
    text.append(contentsOf: message.bytes)
    text.append("\n")
    return text
  }
}
