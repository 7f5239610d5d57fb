internal import CLinux
import Bytes

/// The lines of standard input, as they come.
public struct InputLines: ~Copyable {
  /// What has come.
  public enum Event {
    /// A line, without its end.
    case line([UInt8])
    /// No more lines.
    case end
    /// The other descriptor is readable.
    case other
  }

  private var buffer: [UInt8] = []
  /// How much of it has no line break.
  private var scanned = 0
  private var isEnded = false

  /// Lines from where standard input is now.
  public init() {}

  /// Waits for the next line, or until another descriptor is readable; poll(2). Blocks. The last line needs no end.
  @inline(never)
  public mutating func next(orReadable other: Int32) throws(SystemError) -> Event {
    while true {
      let end = buffer.span.firstIndex(of: UInt8(ascii: "\n"), from: scanned)
      if let end = end ?? (isEnded && !buffer.isEmpty ? buffer.count : nil) {
        var line = Array(buffer[..<end])
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        buffer.removeSubrange(..<min(end + 1, buffer.count))
        scanned = 0
        return .line(line)
      }
      if isEnded { return .end }
      scanned = buffer.count
      var waiting = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: other, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) > 0 else { continue }
      if waiting[1].revents != 0 { return .other }
      try receive()
    }
  }

  private mutating func receive() throws(SystemError) {
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 1)
    defer { part.deallocate() }
    let count = try SystemCalls.read(STDIN_FILENO, part)
    isEnded = count == 0
    buffer.append(copying: UnsafeRawBufferPointer(rebasing: part[..<count]))
  }
}
