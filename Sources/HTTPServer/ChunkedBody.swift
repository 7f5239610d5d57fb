import Bytes

/// The framing of a body that comes in chunks, read strictly; RFC 9112 section 7.1.
///
/// What other parsers forgive is refused, because one that forgives it differently would see another message: a line
/// that ends with LF alone, a blank after the size, a sign, a prefix, an extension without a name, data that is not
/// followed by CR LF, a folded or nameless trailer. Extensions are checked and dropped, trailers too; they mean
/// nothing here.
struct ChunkedBody {
  /// What was found in the bytes that were read.
  enum Finding: Equatable {
    /// All bytes belong to the framing.
    case nothing
    /// These bytes are data of the body.
    case data(Range<Int>)
    /// The body has ended, after this many of the bytes.
    case end(Int)
    /// The body is refused.
    case refused(Refusal)
  }

  private enum State {
    /// Before the first digit of a chunk's size.
    case size
    /// After a digit of the size, with the digits so far counted.
    case digits(Int)
    /// In the extensions.
    case chunkExtension(ChunkExtension)
    /// After the CR of a chunk's first line.
    case lineFeed
    /// In the data: this many bytes are missing.
    case data(Int)
    /// After the data, before its CR, then before its LF.
    case dataCarriageReturn
    case dataLineFeed
    /// In the trailer section.
    case trailers
    case ended
  }

  /// The longest first line of a chunk, in bytes, with CR LF.
  static let lineLimit = 1024
  /// The most bytes of framing beyond what chunks of a sensible size need, as in other servers: a client cannot keep
  /// the server busy with bytes that are not the body's.
  static let excessLimit = 16384
  /// The largest trailer section, in bytes.
  static let trailerLimit = 16384

  /// The most data, in bytes.
  var limit: Int
  /// How much data the chunks have so far, the current one counted whole.
  private(set) var count = 0
  private var state = State.size
  private var size = 0
  private var lineCount = 0
  private var excess = 0
  private var trailerCount = 0
  private var trailerLine: [UInt8] = []
  private var gate = FieldGate()

  /// A body of at most `limit` bytes of data.
  init(limit: Int) {
    self.limit = limit
  }

  /// Reads on, from `start`, up to the next data, the end, or the last byte.
  mutating func read(_ bytes: Span<UInt8>, from start: Int) -> Finding {
    var index = start
    while index < bytes.count {
      switch state {
      case .data(let missing):
        let end = min(bytes.count, index + missing)
        let rest = missing - (end - index)
        state = rest == 0 ? .dataCarriageReturn : .data(rest)
        return .data(index..<end)
      case .trailers:
        let end = bytes.firstIndex(of: 0x0A, from: index).map { $0 + 1 } ?? bytes.count
        if let refusal = readTrailer(bytes.extracting(index..<end)) { return .refused(refusal) }
        index = end
        if case .ended = state { return .end(index) }
      default:
        if let refusal = read(bytes[unchecked: index]) { return .refused(refusal) }
        index += 1
      }
    }
    return .nothing
  }

  /// Reads one byte of the framing; returns why it is refused.
  private mutating func read(_ byte: UInt8) -> Refusal? {
    switch state {
    case .dataCarriageReturn:
      guard byte == 0x0D else { return .ambiguous("a chunk's data is not followed by CR LF") }
      state = .dataLineFeed
      return nil
    case .dataLineFeed:
      guard byte == 0x0A else { return .ambiguous("a chunk's data is not followed by CR LF") }
      state = .size
      return nil
    default:
      lineCount += 1
      if lineCount > ChunkedBody.lineLimit {
        return .ambiguous("the line before a chunk is longer than 1 KB")
      }
      return readLine(byte)
    }
  }

  private static let badSize = Refusal.ambiguous("a chunk's size is not a hexadecimal number")

  /// Reads a byte of a chunk's first line: `chunk-size [ chunk-ext ] CRLF`.
  private mutating func readLine(_ byte: UInt8) -> Refusal? {
    switch state {
    case .size:
      guard let digit = byte.hexadecimalDigitValue else { return ChunkedBody.badSize }
      size = Int(digit)
      state = .digits(1)
    case .digits(let digits):
      if let digit = byte.hexadecimalDigitValue {
        // Sixteen digits, as many as 64 bits have: other parsers drop what is beyond, or the leading ones. Nor may
        // any bit get lost where `Int` has 32.
        guard digits < 16, size >> (Int.bitWidth - 5) == 0 else { return ChunkedBody.badSize }
        size = size << 4 | Int(digit)
        state = .digits(digits + 1)
      } else if byte == 0x0D {
        state = .lineFeed
      } else if byte == UInt8(ascii: ";") {
        state = .chunkExtension(ChunkExtension())
      } else {
        return ChunkedBody.badSize
      }
    case .chunkExtension(var inside):
      if byte == 0x0D, inside.mayEnd {
        state = .lineFeed
      } else if inside.read(byte) {
        state = .chunkExtension(inside)
      } else {
        return .ambiguous("a chunk extension is not a name with or without a value")
      }
    case .lineFeed:
      guard byte == 0x0A else {
        return .ambiguous("the line before a chunk does not end with CR LF")
      }
      return beginChunk()
    default:
      preconditionFailure("only a chunk's first line is read here")
    }
    return nil
  }

  /// A chunk's first line is whole.
  private mutating func beginChunk() -> Refusal? {
    excess = max(0, excess + lineCount - 16 - 2 * min(size, ChunkedBody.excessLimit))
    lineCount = 0
    if excess > ChunkedBody.excessLimit {
      return .ambiguous("the chunks have much more framing than data")
    }
    guard size > 0 else {
      state = .trailers
      return nil
    }
    guard size <= limit - count else { return .bodyTooLarge(limit: limit) }
    count += size
    state = .data(size)
    return nil
  }

  /// Reads a line of the trailer section, or a part of one.
  private mutating func readTrailer(_ part: Span<UInt8>) -> Refusal? {
    trailerCount += part.count
    if trailerCount > ChunkedBody.trailerLimit { return .fieldsTooLarge }
    trailerLine.append(copying: part)
    guard trailerLine.last == 0x0A else { return nil }
    guard trailerLine.count >= 2, trailerLine[trailerLine.count - 2] == 0x0D else {
      return .ambiguous("a line of the trailer section does not end with CR LF")
    }
    if trailerLine.count == 2 {
      state = .ended
      trailerLine = []
      return nil
    }
    checkTrailer(trailerLine)
    trailerLine.removeAll(keepingCapacity: true)
    return gate.refusal
  }

  private mutating func checkTrailer(_ text: [UInt8]) {
    let line = text.span.extracting(0..<text.count - 2)
    guard let (name, value) = FieldLine.parts(of: line) else {
      return gate.refuse("a line of the trailer section is not a field")
    }
    gate.checkTrailer(name: line.extracting(name), value: line.extracting(value))
  }
}
