import Bytes

/// The header field lines of one request: `name: value`, in order. What goes in is free of CR, LF and NUL.
public struct FieldLines {
  /// The lines, each ended by NUL, as C wants them.
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0

  /// No lines.
  public init() {}

  /// Appends a field. An empty value is sent as an empty field; CURLOPT_HTTPHEADER has its own form for that.
  public mutating func append(_ name: StaticString, _ value: Span<UInt8>) {
    bytes.append(name)
    if value.isEmpty {
      bytes.append(";")
    } else {
      bytes.append(": ")
      bytes.append(copying: value)
    }
    bytes.append(0)
    count += 1
  }
}
