import Bytes
import Platform

/// What commands say to the person who started them. The gateway at work writes to its log instead.
enum Console {
  /// Writes to standard output. Returns whether it could.
  @discardableResult
  static func print(_ text: [UInt8]) -> Bool {
    write(text, to: 1)
  }

  /// Writes a line to standard output.
  static func print(_ line: String) {
    print(Array(line.utf8) + [UInt8(ascii: "\n")])
  }

  /// Writes to standard error as it is.
  static func complain(_ text: [UInt8]) {
    write(text, to: 2)
  }

  /// Writes `postern: …` to standard error.
  static func complain(_ message: String) {
    complain(Array("postern: \(message)\n".utf8))
  }

  /// Whether standard output may have colour: a terminal, without `NO_COLOR` (no-color.org).
  static var hasColour: Bool {
    Environment.isTerminal(1) && (Environment.variable([UInt8]("NO_COLOR")) ?? []).isEmpty
  }

  @discardableResult
  private static func write(_ text: [UInt8], to descriptor: Int32) -> Bool {
    do throws(SystemError) {
      try writeAllBytes(text.span, to: descriptor)
      return true
    } catch {
      // Whoever closed the stream does not want to know.
      return false
    }
  }
}
