public import Bytes

/// Writes JSON text from front to back, without white space between tokens.
///
/// The caller opens, names and closes; the writer sets the commas and escapes strings, so that the result is
/// valid JSON if every value in an object has its `name`, every `begin` its `end`, and `raw` is given JSON.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.member("model", string: model.span)
///     writer.name("messages")
///     writer.beginArray()
///     writer.raw(message.span)
///     writer.endArray()
///     writer.endObject()
///     return writer.finish()
///
/// Nothing here is inlined: the callers are long lists of calls, and each would grow by what it calls.
public struct JSONWriter {
  private let buffer: ByteBuffer
  private var depth = 0

  /// Whether a value was just completed, so that a comma must stand before the next.
  private var followsValue = false

  /// A writer of one value. `capacity` is how many bytes it may be expected to have, at least 1.
  public init(reserving capacity: Int = 256) {
    buffer = ByteBuffer(capacity: capacity)
  }

  /// The size of the text so far, in bytes.
  public var count: Int { buffer.count }

  /// A writer that appends one value to a buffer. If that was not empty, `finish` must not be called; the buffer has the
  /// text.
  public init(into buffer: ByteBuffer) {
    self.buffer = buffer
  }

  /// The text. Every object and array must have been ended.
  @inline(never)
  public consuming func finish() -> [UInt8] {
    precondition(depth == 0 && followsValue)
    return buffer.bytes
  }

  /// The text where it is, without a copy.
  public consuming func finishedBuffer() -> ByteBuffer {
    precondition(depth == 0 && followsValue)
    return buffer
  }

  // MARK: Structure

  /// Begins an object; `name` and a value alternate until `endObject`.
  public mutating func beginObject() { begin(UInt8(ascii: "{")) }

  /// Ends the object that was begun last.
  public mutating func endObject() { end(UInt8(ascii: "}")) }

  /// Begins an array; values follow until `endArray`.
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }

  /// Ends the array that was begun last.
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  /// Names the value that is written next; the literal needs no escaping.
  @inline(never)
  public mutating func name(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    let comma = followsValue ? 1 : 0
    buffer.append(comma + length + 3) { room in
      room[0] = UInt8(ascii: ",")
      // Written over the comma where none is due.
      let text = room + comma
      text[0] = .quote
      (text + 1).copy(length, from: name.utf8Start)
      text[length + 1] = .quote
      text[length + 2] = UInt8(ascii: ":")
    }
    followsValue = false
  }

  /// Names the value that is written next, by any text, escaping what must be.
  @inline(never)
  public mutating func name(_ name: Span<UInt8>) {
    string(name)
    buffer.append(UInt8(ascii: ":"))
    followsValue = false
  }

  /// Names the value that is written next, by a name that is a JSON string already, byte for byte.
  @inline(never)
  public mutating func name(raw name: Span<UInt8>) {
    raw(name)
    buffer.append(UInt8(ascii: ":"))
    followsValue = false
  }

  // MARK: Values

  /// Writes text as a string, escaping what must be. What is not well-formed UTF-8 becomes U+FFFD.
  @inline(never)
  public mutating func string(_ text: Span<UInt8>) {
    separate()
    buffer.append(.quote)
    buffer.append(escaping: text)
    buffer.append(.quote)
  }

  /// Writes a literal, which needs no escaping, as a string.
  @inline(never)
  public mutating func string(_ literal: StaticString) {
    separate()
    buffer.append(.quote)
    buffer.append(literal)
    buffer.append(.quote)
  }

  /// Writes an integer.
  @inline(never)
  public mutating func integer(_ value: Int64) {
    separate()
    buffer.append(decimal: value)
  }

  /// Writes an integer.
  @inline(__always)
  public mutating func integer(_ value: Int) {
    integer(Int64(value))
  }

  /// Writes `true` or `false`.
  @inline(never)
  public mutating func boolean(_ value: Bool) {
    separate()
    if value { buffer.append("true") } else { buffer.append("false") }
  }

  /// Writes `null`.
  @inline(never)
  public mutating func null() {
    separate()
    buffer.append("null")
  }

  /// Writes a value that is JSON already, byte for byte.
  @inline(never)
  public mutating func raw(_ json: Span<UInt8>) {
    separate()
    buffer.append(json)
  }

  /// Writes a value that is JSON already, put together from two literals and what stands between them.
  public mutating func raw(_ prefix: StaticString, _ json: Span<UInt8>, _ suffix: StaticString) {
    separate()
    buffer.append(prefix, json, suffix)
  }

  // MARK: Commas

  @inline(__always)
  private mutating func separate() {
    if followsValue { buffer.append(UInt8(ascii: ",")) }
    followsValue = true
  }

  @inline(never)
  private mutating func begin(_ bracket: UInt8) {
    separate()
    buffer.append(bracket)
    depth += 1
    followsValue = false
  }

  @inline(never)
  private mutating func end(_ bracket: UInt8) {
    precondition(depth > 0)
    buffer.append(bracket)
    depth -= 1
    followsValue = true
  }
}
