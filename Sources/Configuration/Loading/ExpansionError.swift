import Bytes

/// Why the quotes, escapes and `${…}` of a value could not be resolved.
enum ExpansionError: Error {
  case unknownEscape
  case innerQuote
  case escapedClosingQuote
  case unterminatedReference
  case invalidReference
  case relativeFile
  case invalidCredential
  case unsetVariable([UInt8])
  case unreadable(path: [UInt8], reason: [UInt8])
  case tooLong
  case notText

  /// What is wrong, then what to write. Quotes names and paths, never contents.
  var message: Text {
    switch self {
    case .unknownEscape:
      #"in double quotes, \ begins one of \" \\ \n \t and nothing else"#
    case .innerQuote:
      #"in double quotes, a double quote that belongs to the value is written \""#
    case .escapedClosingQuote:
      #"the closing quote is escaped; write \\ for a backslash at the end"#
    case .unterminatedReference: "'${' without '}'; a literal ${ is written $${"
    case .invalidReference:
      "${…} needs the name of an environment variable, file:/path or credential:NAME"
    case .relativeFile: "${file:…} needs an absolute path"
    case .invalidCredential: "${credential:…} needs a file name without '/'"
    case .unsetVariable(let name): "the environment variable \(quoting: name) is not set"
    case .unreadable(let path, let reason): "\(whole: path) cannot be read: \(reason)"
    case .tooLong: "the value is longer than 64 KiB with its ${…} replaced"
    case .notText: "the value of ${…} is not UTF-8 text, or contains a NUL byte"
    }
  }
}
