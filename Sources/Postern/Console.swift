import Bytes
import Platform

/// Standard output and standard error of the commands. A running gateway writes to its log instead.
enum Console {
  /// Writes to standard output. Returns whether that succeeded.
  @inline(never) @discardableResult
  static func print(_ text: [UInt8]) -> Bool {
    write(text, to: 1)
  }

  /// Writes a line to standard output.
  @inline(never) @discardableResult
  static func print(_ line: Text) -> Bool {
    print(line.bytes + [UInt8(ascii: "\n")])
  }

  /// Writes text to standard error unchanged.
  static func complain(_ text: [UInt8]) {
    write(text, to: 2)
  }

  /// Writes `postern: …` to standard error.
  @inline(never)
  static func complain(_ message: Text) {
    complain(("postern: \(message)\n" as Text).bytes)
  }

  /// Whether standard output may have colour: a terminal that is not dumb, without `NO_COLOR` (no-color.org).
  static var hasColour: Bool {
    hasCursor && (Environment.variable([UInt8]("NO_COLOR")) ?? []).isEmpty
  }

  /// Whether standard output is a terminal that can move its cursor.
  static var hasCursor: Bool {
    let kind = Environment.variable([UInt8]("TERM")) ?? []
    return Environment.isTerminal(1) && !kind.isEmpty && !kind.span.equals("dumb")
  }

  @discardableResult
  private static func write(_ text: [UInt8], to descriptor: Int32) -> Bool {
    do throws(SystemError) {
      try writeAllBytes(text.span, to: descriptor)
      return true
    } catch {
      // A reader that has seen enough needs no message, and a failure of standard error has no place for one.
      if descriptor == 1, !error.isBrokenPipe { complain("standard output: \(error.reason)") }
      return false
    }
  }
}
