import Bytes

/// Reads a request's header section as it comes, line by line, and checks it; RFC 9112 sections 2.2 to 5.
///
/// It is given the section from its first byte each time, and goes on where it stopped, so that a section that comes
/// byte by byte costs little more than one that comes at once.
struct HeadReader {
  /// What the bytes are so far.
  enum Progress {
    /// More must come.
    case incomplete
    /// The section is whole and sound; it has this many bytes.
    case whole(RequestHead, count: Int)
    /// The section is refused, however it continues.
    case refused(Refusal)
  }

  /// The largest section, in bytes.
  private let limit: Int
  /// Where the line begins that is not whole yet.
  private var lineStart = 0
  /// How many bytes have been looked at for the line's end.
  private var scanned = 0
  /// Where the request line begins: after empty lines.
  private var start = 0
  private var requestLine: RequestLine?
  private var fields: [RequestHead.Field] = []
  private var gate = FieldGate()

  private struct RequestLine {
    let method: Method
    let target: Target
    let isHTTP10: Bool
  }

  /// A reader of sections up to `limit` bytes, at most 65535.
  init(limit: Int) {
    self.limit = limit
  }

  /// Begins with the next section.
  mutating func reset() {
    (lineStart, scanned, start) = (0, 0, 0)
    requestLine = nil
    fields = []
    gate = FieldGate()
  }

  /// Reads on. `bytes` begins with the section's first byte, and has at least what it had before. O(new bytes).
  @_optimize(speed)  // Or else it would copy the rules for the fields byte by byte.
  mutating func read(_ bytes: Span<UInt8>) -> Progress {
    // What is too large is not worth reading its fields.
    if bytes.count >= limit, scanned == 0, !hasEnd(bytes) { return .refused(.fieldsTooLarge) }
    while let end = bytes.firstIndex(of: 0x0A, from: scanned) {
      guard end > lineStart, bytes[end - 1] == 0x0D else {
        return .refused(.ambiguous("a line of the header section does not end with CR LF"))
      }
      if end >= limit { return .refused(.fieldsTooLarge) }
      let line = lineStart..<end - 1
      lineStart = end + 1
      scanned = end + 1
      if requestLine == nil {
        if let refusal = readRequestLine(bytes.extracting(line), at: line.lowerBound) {
          return .refused(refusal)
        }
      } else if line.isEmpty {
        return finish(bytes)
      } else {
        readField(bytes.extracting(line), at: line.lowerBound)
        if let refusal = gate.refusal { return .refused(refusal) }
      }
    }
    if bytes.count >= limit { return .refused(.fieldsTooLarge) }
    if requestLine == nil, hasControls(bytes) { return .refused(HeadReader.noHTTP) }
    scanned = bytes.count
    return .incomplete
  }

  private static let noHTTP = Refusal.ambiguous("this is not an HTTP request")

  /// `method SP target SP version`; RFC 9112 section 3.
  private mutating func readRequestLine(_ line: Span<UInt8>, at position: Int) -> Refusal? {
    // An empty line before the request line is forgiven; RFC 9112 section 2.2.
    if line.isEmpty { return nil }
    start = position
    guard let first = line.firstIndex(of: 0x20), line.extracting(0..<first).isToken,
      let second = line.firstIndex(of: 0x20, from: first + 1), second > first + 1
    else { return HeadReader.noHTTP }
    let version = line.extracting((second + 1)...)
    guard version.count == 8, version.hasPrefix("HTTP/"), version[5].isASCIIDigit,
      version[6] == UInt8(ascii: "."), version[7].isASCIIDigit
    else { return HeadReader.noHTTP }
    guard version.equals("HTTP/1.1") || version.equals("HTTP/1.0") else {
      return .versionNotSupported
    }
    let method = Method(line.extracting(0..<first))
    guard let target = Target(line.extracting(first + 1..<second)),
      !target.isAsterisk || method == .options
    else { return .badTarget }
    requestLine = RequestLine(
      method: method, target: target, isHTTP10: version[7] == UInt8(ascii: "0"))
    gate = FieldGate(authority: target.authority)
    fields.reserveCapacity(16)
    return nil
  }

  private mutating func readField(_ line: Span<UInt8>, at position: Int) {
    guard let (name, value) = FieldLine.parts(of: line) else {
      return gate.refuse("a line of the header section is not a field")
    }
    gate.check(name: line.extracting(name), value: line.extracting(value))
    // Allowed by the grammar, but some parsers take blanks after the length for a part of it.
    if value.upperBound < line.count,
      line.extracting(name).equalsIgnoringCase("content-length")
    {
      gate.refuse("Content-Length has blanks after it")
    }
    fields.append(
      RequestHead.Field(
        nameStart: UInt16(position - start), nameCount: UInt16(name.count),
        valueStart: UInt16(position - start + value.lowerBound), valueCount: UInt16(value.count)))
  }

  private mutating func finish(_ bytes: Span<UInt8>) -> Progress {
    guard let requestLine else { preconditionFailure("a section has a request line") }
    gate.finish(isHTTP10: requestLine.isHTTP10)
    if let refusal = gate.refusal { return .refused(refusal) }
    let head = RequestHead(
      bytes.extracting(start..<lineStart), fields: fields, method: requestLine.method,
      target: requestLine.target, isHTTP10: requestLine.isHTTP10, gate)
    return .whole(head, count: lineStart)
  }

  /// Whether an empty line ends the section within the limit; looks at about every fourth byte.
  private func hasEnd(_ bytes: Span<UInt8>) -> Bool {
    var index = 3
    while index < limit {
      switch bytes[unchecked: index] {
      case 0x0A:
        if bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
          return true
        }
        index += 2
      case 0x0D: index += 1
      default: index += 4
      }
    }
    return false
  }

  /// Whether what came last has a byte that no request line has: then waiting for its end is useless.
  private func hasControls(_ bytes: Span<UInt8>) -> Bool {
    var index = scanned
    while index < bytes.count {
      if bytes[unchecked: index].isControl, bytes[unchecked: index] != 0x0D { return true }
      index += 1
    }
    return false
  }

  /// The value of a field in a section that need not be whole or sound.
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
}
