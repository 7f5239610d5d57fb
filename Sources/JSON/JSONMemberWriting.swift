/// A name and its value in one call, where the value is a scalar or is JSON already.
extension JSONWriter {
  /// Writes a member whose value is text, escaping what must be.
  @inline(never)
  public mutating func member(_ name: StaticString, string text: Span<UInt8>) {
    self.name(name)
    string(text)
  }

  /// Writes a member whose value is text. (An array, for where no span can be lent: its owner is a class, or holds
  /// the writer too.)
  @inline(never)
  public mutating func member(_ name: StaticString, string text: [UInt8]) {
    member(name, string: text.span)
  }

  /// Writes a member whose value is a literal that needs no escaping.
  @inline(never)
  public mutating func member(_ name: StaticString, string literal: StaticString) {
    self.name(name)
    string(literal)
  }

  /// Writes a member whose value is an integer.
  @inline(never)
  public mutating func member(_ name: StaticString, integer value: Int64) {
    self.name(name)
    integer(value)
  }

  /// Writes a member whose value is an integer.
  @inline(__always)
  public mutating func member(_ name: StaticString, integer value: Int) {
    member(name, integer: Int64(value))
  }

  /// Writes a member whose value is an integer, or `null`.
  @inline(never)
  public mutating func member(_ name: StaticString, optional value: Int?) {
    self.name(name)
    if let value { integer(value) } else { null() }
  }

  /// Writes a member whose value is `true` or `false`.
  @inline(never)
  public mutating func member(_ name: StaticString, boolean value: Bool) {
    self.name(name)
    boolean(value)
  }

  /// Writes a member whose value is JSON already, byte for byte.
  @inline(never)
  public mutating func member(_ name: StaticString, raw json: Span<UInt8>) {
    self.name(name)
    raw(json)
  }
}
