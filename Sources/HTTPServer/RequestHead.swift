import Bytes

/// The header section of a request, checked, as it was received.
///
/// A class, because several values hold it on its way, and one reference is cheaper to count than each of its arrays.
final class RequestHead {
  /// Where a field is. The section is shorter than 64 KB.
  struct Field {
    let nameStart: UInt16
    let nameCount: UInt16
    let valueStart: UInt16
    let valueCount: UInt16
  }

  let method: Method
  let target: Target
  let isHTTP10: Bool
  /// What the Host field names.
  let host: Authority?
  let contentLength: Int?
  let isChunked: Bool
  /// Whether the client waits for a go-ahead before it sends the body.
  let expectsContinue: Bool
  /// Whether the connection ends after the answer.
  let endsConnection: Bool
  private let bytes: [UInt8]
  private let fields: [Field]

  /// A section that is whole and sound: `bytes` from the request line to the empty line, with its fields.
  init(
    _ bytes: Span<UInt8>, fields: [Field], method: Method, target: Target, isHTTP10: Bool,
    _ gate: FieldGate
  ) {
    self.bytes = bytes.copied
    self.fields = fields
    self.method = method
    self.target = target
    self.isHTTP10 = isHTTP10
    host = gate.host
    contentLength = gate.contentLength
    isChunked = gate.isChunked
    expectsContinue = gate.expectsContinue
    endsConnection = gate.endsConnection || isHTTP10 && !gate.keepsConnection
  }

  /// What `read` makes of the first field of this name, whose value is lent to it; `nil` if there is no such field.
  func field<Result>(_ name: StaticString, read: (Span<UInt8>) -> Result) -> Result? {
    let bytes = bytes
    for field in fields where Int(field.nameCount) == name.utf8CodeUnitCount {
      let start = Int(field.nameStart)
      let candidate = bytes.span.extracting(start..<start + Int(field.nameCount))
      guard candidate.equalsIgnoringCase(name) else { continue }
      let value = Int(field.valueStart)
      return read(bytes.span.extracting(value..<value + Int(field.valueCount)))
    }
    return nil
  }

  /// Whether a field has a name that `matches`.
  func hasField(where matches: (Span<UInt8>) -> Bool) -> Bool {
    let bytes = bytes
    for field in fields {
      let start = Int(field.nameStart)
      if matches(bytes.span.extracting(start..<start + Int(field.nameCount))) { return true }
    }
    return false
  }

  /// The values of all fields of this name, with commas between them; `nil` without any.
  func list(_ name: StaticString) -> [UInt8]? {
    let bytes = bytes
    var list: [UInt8] = []
    for field in fields where Int(field.nameCount) == name.utf8CodeUnitCount && field.valueCount > 0
    {
      let (start, value) = (Int(field.nameStart), Int(field.valueStart))
      let candidate = bytes.span.extracting(start..<start + Int(field.nameCount))
      guard candidate.equalsIgnoringCase(name) else { continue }
      if !list.isEmpty { list.append(", ") }
      list.append(copying: bytes.span.extracting(value..<value + Int(field.valueCount)))
    }
    return list.isEmpty ? nil : list
  }
}
