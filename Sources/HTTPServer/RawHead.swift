import Bytes

/// The header section of a connection's first request, as it came and before libmicrohttpd sees it: what that would
/// refuse in a form of its own, or misread, is refused here, and what has not come whole costs it nothing.
///
/// RFC 9112 sections 2.2 to 5.
enum RawHead {
  /// What is to become of the bytes that have come.
  enum Verdict: Equatable {
    /// More must come.
    case incomplete
    /// The section is whole and sound.
    case sound
    /// The section cannot be taken, however it goes on.
    case refused(Refusal)
  }

  /// The most fields that a section may have. libmicrohttpd needs memory for each, in the block that the section
  /// itself is in.
  static let fieldLimit = 100

  /// Looks at what has come of a request. `limit` is the largest section in bytes. O(n).
  static func check(_ bytes: Span<UInt8>, limit: Int) -> Verdict {
    var gate = FieldGate()
    var position = 0
    var isHTTP10: Bool?
    var fields = 0
    while true {
      guard let end = bytes.firstIndex(of: 0x0A, from: position) else {
        if bytes.count > limit { return .refused(.fieldsTooLarge) }
        let rest = bytes.extracting(position..<bytes.count)
        return isHTTP10 == nil && hasControls(rest) ? .refused(noHTTP) : .incomplete
      }
      guard end > position, bytes[end - 1] == 0x0D else {
        return .refused(.ambiguous("a line of the header section does not end with CR LF"))
      }
      let line = bytes.extracting(position..<end - 1)
      position = end + 1
      if position > limit { return .refused(.fieldsTooLarge) }
      if let version = isHTTP10 {
        guard !line.isEmpty else {
          gate.finish(isHTTP10: version)
          return gate.refusal.map { .refused($0) } ?? .sound
        }
        fields += 1
        if fields > fieldLimit { return .refused(.fieldsTooLarge) }
        check(line, &gate)
        if let refusal = gate.refusal { return .refused(refusal) }
      } else if !line.isEmpty {
        // (An empty line before the request line is forgiven; RFC 9112 section 2.2.)
        switch requestLine(line) {
        case .version10: isHTTP10 = true
        case .version11: isHTTP10 = false
        case .refused(let refusal): return .refused(refusal)
        }
      }
    }
  }

  /// The first value of a field in a section that need be neither whole nor sound.
  static func value(of name: StaticString, in bytes: Span<UInt8>) -> [UInt8]? {
    var position = 0
    while let end = bytes.firstIndex(of: 0x0A, from: position) {
      let line = bytes.extracting(position..<end)
      position = end + 1
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        line.extracting(0..<colon).equalsIgnoringCase(name)
      else { continue }
      let isEnded = line.count > colon + 1 && line[line.count - 1] == 0x0D
      return line.extracting(colon + 1..<line.count - (isEnded ? 1 : 0)).trimmingBlanks.copied
    }
    return nil
  }

  private static let noHTTP = Refusal.ambiguous("this is not an HTTP request")

  private enum RequestLine {
    case version10
    case version11
    case refused(Refusal)
  }

  /// `method SP target SP version`; RFC 9112 section 3.
  private static func requestLine(_ line: Span<UInt8>) -> RequestLine {
    guard let first = line.firstIndex(of: 0x20), FieldGate.isToken(line.extracting(0..<first)),
      let second = line.firstIndex(of: 0x20, from: first + 1), second > first + 1
    else { return .refused(noHTTP) }
    guard Target(line.extracting(first + 1..<second)) != nil else {
      return .refused(.badTarget)
    }
    let version = line.extracting(second + 1..<line.count)
    if version.equals("HTTP/1.1") { return .version11 }
    if version.equals("HTTP/1.0") { return .version10 }
    let isOther =
      version.count == 8 && version.hasPrefix("HTTP/") && version[6] == UInt8(ascii: ".")
    return .refused(isOther && version[5].isASCIIDigit ? .versionNotSupported : noHTTP)
  }

  /// `name ":" OWS value OWS`; RFC 9112 section 5.
  private static func check(_ line: Span<UInt8>, _ gate: inout FieldGate) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), !line[0].isBlank else {
      return gate.refuse("a line of the header section is no field")
    }
    let value = line.extracting(colon + 1..<line.count)
    gate.check(name: line.extracting(0..<colon), value: value.trimmingBlanks)
    // libmicrohttpd 0.9.75 takes blanks behind the length for a part of it.
    if let last = value.isEmpty ? nil : value[value.count - 1], last.isBlank,
      line.extracting(0..<colon).equalsIgnoringCase("content-length")
    {
      gate.refuse("Content-Length has blanks behind it")
    }
  }

  private static func hasControls(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index].isControl && bytes[index] != 0x0D { return true }
    return false
  }
}
