/// An integer in decimal, with a leading `-` where it is negative: its bytes, without an allocation.
public struct DecimalText {
  private var bytes: InlineArray<20, UInt8> = .init(repeating: 0)
  private var start = 20

  /// The text of an integer.
  @inline(never)
  public init(_ value: Int64) {
    var magnitude = value.magnitude
    repeat {
      start -= 1
      bytes[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
    if value < 0 {
      start -= 1
      bytes[start] = UInt8(ascii: "-")
    }
  }

  /// The text.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get { bytes.span.extracting(start..<20) }
  }
}
