import Bytes

/// Resolves the quotes, escapes and `${…}` of values.
struct ValueExpander {
  let sources: ConfigurationSources

  /// The value of `text`. With `isQuoted` it is in double quotes, which are removed, and its escapes are
  /// resolved.
  ///
  /// The value of a `${…}` is used as it is: escapes and references in it mean nothing.
  func expand(_ text: Span<UInt8>, isQuoted: Bool) throws(ExpansionError) -> WrittenValue {
    var bytes: [UInt8] = []
    var isDerived = false
    var index = isQuoted ? 1 : 0
    let end = isQuoted ? text.count - 1 : text.count
    while index < end {
      let rest = text.extracting(index..<end)
      if isQuoted, rest[0] == UInt8(ascii: "\\") {
        bytes.append(try unescape(rest))
        index += 2
      } else if isQuoted, rest[0] == UInt8(ascii: "\"") {
        throw .innerQuote
      } else if rest.hasPrefix("$${") {
        bytes.append("${")
        index += 3
      } else if rest.hasPrefix("${") {
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else {
          throw .unterminatedReference
        }
        bytes.append(contentsOf: try resolve(rest.extracting(2..<close)))
        isDerived = true
        index += close + 1
      } else {
        bytes.append(rest[0])
        index += 1
      }
      if bytes.count > INILine.maximumLength { throw .tooLong }
    }
    if isDerived, bytes.span.firstInvalidUTF8() != nil || bytes.span.firstIndex(of: 0) != nil {
      throw .notText
    }
    return WrittenValue(bytes: bytes, isDerived: isDerived)
  }

  private func unescape(_ text: Span<UInt8>) throws(ExpansionError) -> UInt8 {
    guard text.count > 1 else { throw .escapedClosingQuote }
    switch text[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return text[1]
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    default: throw .unknownEscape
    }
  }

  /// Looks up the text between `${` and `}`.
  private func resolve(_ reference: Span<UInt8>) throws(ExpansionError) -> [UInt8] {
    if reference.hasPrefix("file:") {
      let path = reference.extracting(5..<reference.count)
      guard path.hasPrefix("/") else { throw .relativeFile }
      return try contents(of: path.copied)
    }
    if reference.hasPrefix("credential:") {
      let name = reference.extracting(11..<reference.count)
      guard !name.isEmpty, name.firstIndex(of: UInt8(ascii: "/")) == nil, !name.equals("."),
        !name.equals("..")
      else { throw .invalidCredential }
      let folder = [UInt8]("CREDENTIALS_DIRECTORY")
      var path = try variable(folder)
      if path.isEmpty { throw .unsetVariable(folder) }
      path.append("/")
      path.append(copying: name)
      return try contents(of: path)
    }
    guard Self.isVariableName(reference) else { throw .invalidReference }
    return try variable(reference.copied)
  }

  private func variable(_ name: [UInt8]) throws(ExpansionError) -> [UInt8] {
    guard let value = sources.environment(name) else { throw .unsetVariable(name) }
    return value
  }

  /// A file without its last newline, LF or CRLF.
  private func contents(of path: [UInt8]) throws(ExpansionError) -> [UInt8] {
    switch sources.file(path, INILine.maximumLength) {
    case .unreadable(let reason): throw .unreadable(path: path, reason: reason)
    case .contents(var bytes):
      bytes.removeLastNewline()
      return bytes
    }
  }

  /// POSIX names of variables: letters, digits and `_`, not beginning with a digit.
  private static func isVariableName(_ name: Span<UInt8>) -> Bool {
    guard !name.isEmpty, !name[0].isASCIIDigit else { return false }
    return name.indices.allSatisfy {
      name[$0].isASCIILetter || name[$0].isASCIIDigit || name[$0] == UInt8(ascii: "_")
    }
  }
}

extension [UInt8] {
  /// Removes one newline, LF or CRLF, from the end.
  mutating func removeLastNewline() {
    guard last == UInt8(ascii: "\n") else { return }
    removeLast()
    if last == UInt8(ascii: "\r") { removeLast() }
  }
}
