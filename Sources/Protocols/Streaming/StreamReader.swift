import Bytes
import JSON

/// Cuts a stream into its events, wherever the bytes are split.
///
/// Events are read as the HTML standard's "event stream interpretation" says: lines end with LF, CR or CRLF, a
/// byte-order mark at the start and comments are skipped, an event is complete at its empty line, and one without
/// `data` does not count. Against the standard, an event at the end of the stream is given without its empty line:
/// backends leave it out. For the same reason a line of data that is a JSON object, or `[DONE]`, is an event of its own if
/// another one follows. A field `error`, which llama.cpp has sent, is the data of an event of that type. `id` and `retry`,
/// which only a client that reconnects needs, are ignored. Bytes that are not UTF-8 are refused by the reader of the data.
/// Of JSON lines, blank ones are skipped, and the last one counts without an end.
public struct StreamReader {
  private let framing: StreamFraming
  private let limit: Int
  /// The beginning of a line that has not ended.
  private var line: [UInt8] = []
  private var type: [UInt8] = []
  /// The event's data so far, its lines joined by LF.
  private var data: [UInt8] = []
  /// Whether the event has data, which may be empty.
  private var hasData = false
  /// Whether the data is one line, and it is not known whether that is whole.
  private var mayBeWhole = false
  private var isFirstLine = true
  /// Whether the last line ended with CR, so that an LF that comes next is a part of its end.
  private var endedWithCR = false

  /// Whether an event had more bytes than the limit; then nothing more is read.
  public private(set) var isOverLimit = false

  /// A reader of events of at most `limit` bytes.
  public init(_ framing: StreamFraming, limit: Int) {
    self.framing = framing
    self.limit = limit
  }

  /// The next event that is complete; `nil` once all bytes are used up. `position` is where to continue in `bytes`,
  /// 0 at first. O(n) for all of them.
  public mutating func next(in bytes: Span<UInt8>, from position: inout Int) -> StreamEvent? {
    while position < bytes.count, !isOverLimit {
      if endedWithCR {
        endedWithCR = false
        if bytes[position] == .lineFeed {
          position += 1
          continue
        }
      }
      let start = position
      guard let end = endOfLine(in: bytes, from: start) else {
        position = bytes.count
        hold(bytes.extracting(start...))
        return nil
      }
      position = end + 1
      endedWithCR = bytes[end] == .carriageReturn
      if let event = take(bytes.extracting(start..<end)) { return event }
    }
    return nil
  }

  /// The next event that the end of the stream completes: a last line without an end, an event without an empty line. It
  /// may be cut off.
  public mutating func finish() -> StreamEvent? {
    guard !isOverLimit else { return nil }
    let nothing: [UInt8] = []
    return take(nothing.span) ?? dispatch()
  }

  private func endOfLine(in bytes: Span<UInt8>, from start: Int) -> Int? {
    framing == .events
      ? bytes.firstLineBreak(from: start) : bytes.firstIndex(of: .lineFeed, from: start)
  }

  private mutating func hold(_ part: Span<UInt8>) {
    guard data.count + line.count + part.count <= limit else {
      isOverLimit = true
      return
    }
    line.append(copying: part)
  }

  /// Takes a line that has ended; `rest` is the part of it that is not held.
  private mutating func take(_ rest: Span<UInt8>) -> StreamEvent? {
    if line.isEmpty { return interpret(rest) }
    hold(rest)
    var whole: [UInt8] = []
    swap(&whole, &line)
    return isOverLimit ? nil : interpret(whole.span)
  }

  private mutating func interpret(_ line: Span<UInt8>) -> StreamEvent? {
    let isMarked = isFirstLine && line.hasPrefix("\u{FEFF}")
    isFirstLine = false
    let line = isMarked ? line.extracting(3...) : line
    return framing == .events ? interpret(field: line) : interpret(json: line)
  }

  private mutating func interpret(json line: Span<UInt8>) -> StreamEvent? {
    guard line.count <= limit else {
      isOverLimit = true
      return nil
    }
    for index in line.indices where !line[index].isBlank && line[index] != .carriageReturn {
      return StreamEvent(type: [], data: line.copied)
    }
    return nil
  }

  private mutating func interpret(field line: Span<UInt8>) -> StreamEvent? {
    if line.isEmpty { return dispatch() }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
    let name = line.extracting(0..<colon)
    var value = line.extracting(min(colon + 1, line.count)...)
    if !value.isEmpty, value[0] == UInt8(ascii: " ") { value = value.extracting(1...) }
    if name.equals("data") {
      let event = isWhole() ? dispatch() : nil
      append(data: value)
      return event
    } else if name.equals("error"), !hasData {
      type = [UInt8]("error")
      append(data: value)
    } else if name.equals("event") {
      type = value.count <= limit ? value.copied : []
    }
    return nil
  }

  private mutating func append(data value: Span<UInt8>) {
    guard data.count + value.count < limit + (hasData ? 0 : 1) else { return isOverLimit = true }
    if hasData { data.append(.lineFeed) }
    data.append(copying: value)
    mayBeWhole = !hasData
    hasData = true
  }

  /// Whether the data so far is an event. It is looked at once, so that an event of many lines takes no more time.
  private mutating func isWhole() -> Bool {
    guard mayBeWhole else { return false }
    mayBeWhole = false
    let text = data.span.trimmingBlanks
    return text.equals("[DONE]")
      || text.hasPrefix("{") && (try? JSONDocument.validate(text)) != nil
  }

  private mutating func dispatch() -> StreamEvent? {
    var event = StreamEvent(type: [], data: [])
    swap(&event.type, &type)
    swap(&event.data, &data)
    defer { (hasData, mayBeWhole) = (false, false) }
    return hasData ? event : nil
  }
}

extension UInt8 {
  fileprivate static var lineFeed: UInt8 { 0x0A }
  fileprivate static var carriageReturn: UInt8 { 0x0D }
}
