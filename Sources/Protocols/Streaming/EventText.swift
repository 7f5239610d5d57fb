import Bytes

/// Writing server-sent events.
extension [UInt8] {
  /// Appends an event; `data` is a JSON text. A line break in it, which can only be white space, would end the field:
  /// it becomes a blank. O(n).
  mutating func append(event type: StaticString?, data: Span<UInt8>) {
    if let type {
      append("event: ")
      append(type)
      append("\n")
    }
    append("data: ")
    appendLine(data)
    append("\n\n")
  }

  /// Appends a comment, which shows that the connection is alive. Clients ignore it.
  mutating func appendKeepAlive() {
    append(": keep-alive\n\n")
  }

  /// Appends JSON text, its line breaks as blanks.
  mutating func appendLine(_ json: Span<UInt8>) {
    var start = 0
    while let end = json.firstLineBreak(from: start) {
      append(copying: json.extracting(start..<end))
      append(" ")
      start = end + 1
    }
    append(copying: json.extracting(start...))
  }

  /// Appends bytes between two literals.
  @inline(never)
  mutating func append(_ prefix: StaticString, _ bytes: [UInt8], _ suffix: StaticString) {
    append(prefix)
    append(copying: bytes.span)
    append(suffix)
  }
}
