import Bytes

/// The header section of a connection's first request, as it came and before libmicrohttpd sees it: what that would
/// refuse in a form of its own, or misread, is refused here, and what has not come whole costs it nothing.
///
/// RFC 9112 sections 2.2 to 5.
enum RawHead {
  /// What is to become of the bytes that have come.
  enum Verdict {
    /// More must come.
    case incomplete
    /// The section is whole and sound; what the request is for.
    case sound(Target)
    /// The section is refused, whatever follows.
    case refused(Refusal)
  }

  /// The most fields that a section may have. libmicrohttpd needs memory for each, in the block that the section
  /// itself is in.
  static let fieldLimit = 100

  /// Checks the bytes of a request that have come. `limit` is the largest section in bytes. O(n).
  static func check(_ bytes: Span<UInt8>, limit: Int) -> Verdict {
    var gate = FieldGate()
    var position = 0
    var requestLine: RequestLine?
    var fields = 0
    while true {
      guard let end = bytes.firstIndex(of: 0x0A, from: position) else {
        if bytes.count > limit { return .refused(.fieldsTooLarge) }
        let rest = bytes.extracting(position..<bytes.count)
        return requestLine == nil && hasControls(rest) ? .refused(noHTTP) : .incomplete
      }
      guard end > position, bytes[end - 1] == 0x0D else {
        return .refused(.ambiguous("a line of the header section does not end with CR LF"))
      }
      let line = bytes.extracting(position..<end - 1)
      position = end + 1
      if position > limit { return .refused(.fieldsTooLarge) }
      if let request = requestLine {
        guard !line.isEmpty else {
          gate.finish(isHTTP10: request.isHTTP10)
          return gate.refusal.map { .refused($0) } ?? .sound(request.target)
        }
        fields += 1
        if fields > fieldLimit { return .refused(.fieldsTooLarge) }
        check(line, &gate)
        if let refusal = gate.refusal { return .refused(refusal) }
      } else if !line.isEmpty {
        // (An empty line before the request line is forgiven; RFC 9112 section 2.2.)
        do throws(Refusal) {
          requestLine = try RequestLine(line)
        } catch {
          return .refused(error)
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

  /// `method SP target SP version`; RFC 9112 section 3.
  private struct RequestLine {
    let target: Target
    let isHTTP10: Bool

    init(_ line: Span<UInt8>) throws(Refusal) {
      guard let first = line.firstIndex(of: 0x20), FieldGate.isToken(line.extracting(0..<first)),
        let second = line.firstIndex(of: 0x20, from: first + 1), second > first + 1
      else { throw RawHead.noHTTP }
      guard let target = Target(line.extracting(first + 1..<second)) else { throw .badTarget }
      self.target = target
      let version = line.extracting(second + 1..<line.count)
      isHTTP10 = version.equals("HTTP/1.0")
      guard !isHTTP10, !version.equals("HTTP/1.1") else { return }
      let isOther =
        version.count == 8 && version.hasPrefix("HTTP/") && version[6] == UInt8(ascii: ".")
      throw isOther && version[5].isASCIIDigit ? .versionNotSupported : RawHead.noHTTP
    }
  }

  /// `name ":" OWS value OWS`; RFC 9112 section 5.
  private static func check(_ line: Span<UInt8>, _ gate: inout FieldGate) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), !line[0].isBlank else {
      return gate.refuse("a line of the header section is not a field")
    }
    let value = line.extracting(colon + 1..<line.count)
    gate.check(name: line.extracting(0..<colon), value: value.trimmingBlanks)
    // libmicrohttpd 0.9.75 takes blanks after the length for a part of it.
    if let last = value.isEmpty ? nil : value[value.count - 1], last.isBlank,
      line.extracting(0..<colon).equalsIgnoringCase("content-length")
    {
      gate.refuse("Content-Length has blanks after it")
    }
  }

  private static func hasControls(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index].isControl && bytes[index] != 0x0D { return true }
    return false
  }
}
