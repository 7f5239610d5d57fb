public import Bytes
import JSON
import Platform

/// How log lines are written.
public enum LogFormat: Sendable {
  /// `TIME LEVEL EVENT name=value …`, values quoted as in JSON where they have blanks or quotes.
  case text
  /// An object of `time`, `level`, `event` and the fields.
  case json
}

/// A log line in the making: an event and its fields, in order.
public struct LogLine: ~Copyable {
  private let text = ByteBuffer(capacity: 256)
  private var object: JSONWriter?

  init(_ level: LogLevel, _ event: StaticString, format: LogFormat, forJournal: Bool) {
    var prefix: [UInt8] = []
    if forJournal { prefix.append(level.journalPriority) }
    switch format {
    case .text:
      text.append(prefix.span)
      // The journal has a time of its own.
      if !forJournal {
        text.append(LogLine.time.span)
        text.append(" ")
      }
      text.append(level.name)
      text.append(" ")
      text.append(event)
    case .json:
      var writer = JSONWriter(appendingTo: prefix)
      writer.beginObject()
      writer.member("time", string: LogLine.time.span)
      writer.member("level", string: level.name)
      writer.member("event", string: event)
      object = writer
    }
  }

  /// Appends a field of text.
  public mutating func field(_ name: StaticString, _ value: [UInt8]) {
    guard object == nil else {
      object!.member(name, string: value.span)
      return
    }
    begin(name)
    if LogLine.isPlain(value) {
      text.append(value.span)
    } else {
      text.append("\"")
      text.append(escaping: value.span)
      text.append("\"")
    }
  }

  /// Appends a field of text.
  public mutating func field(_ name: StaticString, _ value: StaticString) {
    field(name, [UInt8](value))
  }

  /// Appends a field of text. (A literal is a `StaticString`.)
  @_disfavoredOverload
  public mutating func field(_ name: StaticString, _ value: Text) {
    field(name, value.bytes)
  }

  /// Appends a field with a number.
  public mutating func field(_ name: StaticString, _ value: Int) {
    guard object == nil else {
      object!.member(name, integer: value)
      return
    }
    begin(name)
    text.append(decimal: value)
  }

  /// Appends a field with `true` or `false`.
  public mutating func field(_ name: StaticString, _ value: Bool) {
    guard object == nil else {
      object!.member(name, boolean: value)
      return
    }
    begin(name)
    text.append(value ? "true" : "false")
  }

  consuming func finish() -> [UInt8] {
    if var object {
      object.endObject()
      text.append(object.finish().span)
    }
    text.append("\n")
    return text.bytes
  }

  private static var time: [UInt8] {
    var time: [UInt8] = []
    WallTime.now.append(to: &time, precision: .milliseconds)
    return time
  }

  private mutating func begin(_ name: StaticString) {
    text.append(" ")
    text.append(name)
    text.append("=")
  }

  private static func isPlain(_ value: [UInt8]) -> Bool {
    guard !value.isEmpty else { return false }
    for byte in value
    where !byte.isVisibleASCII || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=") {
      return false
    }
    return true
  }
}
