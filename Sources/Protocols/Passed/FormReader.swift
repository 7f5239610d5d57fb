import Bytes

/// Reads the parts of a form one after another; RFC 2046 section 5.1.1, RFC 7578 section 4.
struct FormReader {
  /// A part: its name, and where its content is.
  struct Part {
    let name: [UInt8]
    let content: Range<Int>
  }

  /// The most bytes of a part's header fields.
  private static let headLimit = 16384

  /// Two hyphens and the boundary.
  private let delimiter: [UInt8]
  /// Where to continue: after a delimiter.
  private var position = 0
  private var count = 0

  init(_ delimiter: [UInt8]) {
    self.delimiter = delimiter
  }

  /// Reads the first delimiter, with which the body begins.
  mutating func begin(_ body: Span<UInt8>) throws(FormFault) {
    let start = body.hasPrefix("\r\n") ? 2 : 0
    guard isDelimiter(body, at: start) else {
      throw FormFault("it does not begin with the boundary of its Content-Type")
    }
    position = start + delimiter.count
  }

  /// The next part; `nil` after the last one.
  mutating func next(in body: Span<UInt8>) throws(FormFault) -> Part? {
    if body.extracting(position...).hasPrefix("--") {
      for index in position + 2..<body.count where !body[index].isSpace {
        throw FormFault("it continues after its last boundary")
      }
      return nil
    }
    count += 1
    guard count <= FormData.partLimit else {
      throw FormFault("it has more than \(FormData.partLimit) parts")
    }
    // The caller has seen that the line of the delimiter has an end.
    position = body.firstIndex(of: 0x0A, from: position)! + 1
    let name = try readHead(body)
    let start = position
    // A part without content may end with the empty line after its header fields.
    guard let end = nextDelimiter(in: body, from: start - 2) else {
      throw FormFault("it ends before its last boundary")
    }
    position = end + 2 + delimiter.count
    return Part(name: name, content: start..<max(start, end))
  }

  /// Reads the header fields of a part, and the empty line. Returns the part's name.
  private mutating func readHead(_ body: Span<UInt8>) throws(FormFault) -> [UInt8] {
    let limit = position + FormReader.headLimit
    var name: [UInt8]?
    while true {
      guard let end = body.firstIndex(of: 0x0A, from: position) else {
        throw FormFault("it ends before its last boundary")
      }
      guard end < limit else {
        throw FormFault("the header fields of a part exceed \(FormReader.headLimit) bytes")
      }
      guard end > position, body[end - 1] == 0x0D else { throw FormReader.badField }
      let line = body.extracting(position..<end - 1)
      position = end + 1
      if line.isEmpty { break }
      guard let field = try FormReader.disposition(in: line) else { continue }
      guard name == nil else { throw FormReader.nameless }
      name = field
    }
    guard let name else { throw FormReader.nameless }
    return name
  }

  /// The part's name, where a line is its `Content-Disposition`.
  private static func disposition(in line: Span<UInt8>) throws(FormFault) -> [UInt8]? {
    for index in line.indices where line[index].isControl && line[index] != 0x09 { throw badField }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { throw badField }
    for index in 0..<colon where !line[index].isVisibleASCII { throw badField }
    guard line.extracting(0..<colon).equalsIgnoringCase("Content-Disposition") else { return nil }
    let value = line.extracting((colon + 1)...)
    guard value.mediaType.equalsIgnoringCase("form-data"),
      let name = FieldParameters.value(of: "name", in: value)
    else { throw nameless }
    return name
  }

  private static var badField: FormFault { FormFault("a header field of a part is invalid") }

  private static var nameless: FormFault {
    FormFault("a part needs one Content-Disposition: form-data, with one name")
  }

  /// Where the CR LF before the next delimiter is. What only begins like one belongs to the content.
  private func nextDelimiter(in body: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    while let end = body.firstIndex(of: 0x0A, from: index) {
      index = end + 1
      if end > start, body[end - 1] == 0x0D, isDelimiter(body, at: index) { return end - 1 }
    }
    return nil
  }

  /// Whether a delimiter and the rest of its line begin at an index.
  private func isDelimiter(_ body: Span<UInt8>, at index: Int) -> Bool {
    var end = index + delimiter.count
    guard end + 2 <= body.count else { return false }
    for place in delimiter.indices where body[index + place] != delimiter[place] { return false }
    if body[end] == UInt8(ascii: "-"), body[end + 1] == UInt8(ascii: "-") { return true }
    while end < body.count, body[end].isBlank { end += 1 }
    return body.extracting(end...).hasPrefix("\r\n")
  }
}

extension UInt8 {
  /// White space, line breaks included.
  fileprivate var isSpace: Bool { isBlank || self == 0x0D || self == 0x0A }
}
