/// Text for people, as bytes: what messages are made of in place of `String`, whose interpolation is expanded
/// at every place of use and made the release binary half as large again.
///
///     let message: Text = "unknown key '\(name)' in line \(line)"
public struct Text: Equatable, Sendable, ExpressibleByStringInterpolation {
  /// The text. UTF-8 where everything that was put in is.
  public var bytes: [UInt8]

  /// Text that is there already.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// A copy of a C string.
  public init(cString text: UnsafePointer<CChar>) {
    var count = 0
    while text[count] != 0 { count += 1 }
    bytes = Array(UnsafeRawBufferPointer(start: text, count: count))
  }

  /// A literal.
  @inline(never)
  public init(stringLiteral literal: StaticString) {
    bytes = [UInt8](literal)
  }

  /// A literal with values in it.
  public init(stringInterpolation: StringInterpolation) {
    bytes = stringInterpolation.bytes
  }

  /// Two texts, joined.
  public static func + (first: Text, second: Text) -> Text {
    Text(first.bytes + second.bytes)
  }

  /// Appends a text.
  public static func += (first: inout Text, second: Text) {
    first.bytes += second.bytes
  }

  /// The parts of a literal with values in it.
  public struct StringInterpolation: StringInterpolationProtocol {
    var bytes: [UInt8] = []

    /// Room for the literal parts.
    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    /// A part of the literal.
    @inline(never)
    public mutating func appendLiteral(_ literal: StaticString) {
      bytes.append(literal)
    }

    /// Bytes, as they are.
    @inline(never)
    public mutating func appendInterpolation(_ value: [UInt8]) {
      bytes += value
    }

    /// Borrowed bytes, as they are.
    @inline(never)
    public mutating func appendInterpolation(_ value: Span<UInt8>) {
      bytes.append(copying: value)
    }

    /// Another text.
    @inline(never)
    public mutating func appendInterpolation(_ value: Text) {
      bytes += value.bytes
    }

    /// A literal.
    @inline(never)
    public mutating func appendInterpolation(_ value: StaticString) {
      bytes.append(value)
    }

    /// An integer, in decimal.
    @inline(never)
    public mutating func appendInterpolation(_ value: Int64) {
      bytes.append(decimal: value)
    }

    /// An integer, in decimal.
    @inline(__always)
    public mutating func appendInterpolation(_ value: Int) {
      appendInterpolation(Int64(value))
    }
  }
}

extension Text: CustomStringConvertible {
  /// The text as a string, for tests and debuggers.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
