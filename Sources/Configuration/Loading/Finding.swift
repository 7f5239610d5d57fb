public import Bytes

/// An error or a warning about a configuration file.
public struct Finding: Sendable {
  /// What a finding means for the file.
  public enum Severity: Sendable {
    /// The file is invalid.
    case error
    /// The file is valid, but probably not as intended.
    case warning
  }

  /// The path of the file, if it is one under or over the configuration file; `nil` for that file itself.
  public internal(set) var file: [UInt8]?
  /// The line in the file, from 1. While a configuration is loaded: the number in its ``LineMap``.
  public internal(set) var line: Int
  /// Whether the file is still valid.
  public let severity: Severity
  /// The setting that is missing in the section at that line; `nil` for other findings.
  public let missing: StaticString?
  /// What is wrong, then what to write instead: UTF-8 without line breaks. Never contains a secret.
  public let message: Text

  /// The finding as one line without its end: `FILE:LINE: message` or `FILE:LINE: warning: message`. `file` is the name
  /// of the configuration file.
  public func line(file: [UInt8]) -> Text {
    var text = self.file ?? file
    text.append(":")
    text.append(decimal: line)
    text.append(severity == .error ? ": " : ": warning: ")
    text.append(contentsOf: message.bytes)
    return Text(text)
  }
}

extension Finding {
  /// The error of a file that has lost its settings while it was in use.
  public static var lostText: Finding {
    Finding(
      line: 1, severity: .error, missing: nil,
      message:
        "the file has no settings any more: write them again, or restart to do without")
  }

  /// Whether a file has neither a section nor a key: nothing but blanks and comments.
  public static func hasNoText(_ file: [UInt8]) -> Bool {
    for line in INIDocument(parsing: file).lines {
      switch line.content {
      case .blank, .comment: continue
      default: return false
      }
    }
    return true
  }
}
