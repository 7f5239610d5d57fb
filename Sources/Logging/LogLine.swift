public import Bytes
import JSON
import Platform

/// A log line while it is written: an event and its fields, in order.
///
/// It writes to the end of a buffer that the log owns.
public struct LogLine: ~Copyable {
  private let text: ByteBuffer
  private var object: JSONWriter?

  @inline(never)
  init(
    _ level: LogLevel, _ event: StaticString, format: LogFormat, forJournal: Bool,
    to buffer: ByteBuffer
  ) {
    text = buffer
    if forJournal { text.append(level.journalPriority) }
    let time = WallTime.now.text
    switch format {
    case .text:
      // The journal adds its own time.
      if !forJournal {
        text.append(time.span)
        text.append(UInt8(ascii: " "))
      }
      text.append(level.name)
      text.append(UInt8(ascii: " "))
      text.append(event)
    case .json:
      var writer = JSONWriter(into: text)
      writer.beginObject()
      writer.member("time", string: time.span)
      writer.member("level", string: level.name)
      writer.member("event", string: event)
      object = writer
    }
  }

  /// Appends a text field.
  @inline(never)
  public mutating func field(_ name: StaticString, _ value: [UInt8]) {
    field(name, value.span)
  }

  /// Appends a text field.
  @inline(never)
  public mutating func field(_ name: StaticString, _ value: StaticString) {
    field(name, value.span)
  }

  /// Appends a text field.
  @inline(never)
  public mutating func field(_ name: StaticString, _ value: Span<UInt8>) {
    guard object == nil else {
      object!.member(name, string: value)
      return
    }
    begin(name)
    if LogLine.isPlain(value) {
      text.append(value)
    } else {
      text.append(UInt8(ascii: "\""))
      text.append(escaping: value)
      text.append(UInt8(ascii: "\""))
    }
  }

  /// Appends a text field. (A literal is a `StaticString`.)
  @_disfavoredOverload
  public mutating func field(_ name: StaticString, _ value: Text) {
    field(name, value.bytes)
  }

  /// Appends a field with a number.
  @inline(never)
  public mutating func field(_ name: StaticString, _ value: Int) {
    guard object == nil else {
      object!.member(name, integer: value)
      return
    }
    begin(name)
    text.append(decimal: value)
  }

  @inline(never)
  consuming func finish() {
    object?.endObject()
    text.append(UInt8(ascii: "\n"))
  }

  private mutating func begin(_ name: StaticString) {
    text.append(UInt8(ascii: " "))
    text.append(name)
    text.append(UInt8(ascii: "="))
  }

  private static func isPlain(_ value: Span<UInt8>) -> Bool {
    for index in value.indices {
      let byte = value[unchecked: index]
      if !byte.isVisibleASCII || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=") {
        return false
      }
    }
    return !value.isEmpty
  }
}
