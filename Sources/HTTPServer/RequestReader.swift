import Bytes

/// Reads the requests of a connection, one after another, as their bytes come: header section, body, trailers.
///
/// It is the gate: what it does not accept reaches neither libmicrohttpd nor the application. It keeps the beginning of
/// a header section that is not whole, and nothing else.
struct RequestReader {
  /// What was found in the bytes that were read.
  enum Event {
    /// More must come.
    case incomplete
    /// A header section is whole. `takeBody` or `skipBody` must be called before the next `read`.
    case head(RequestHead)
    /// These bytes belong to the body.
    case data(Range<Int>)
    /// The request is whole. What follows belongs to the next one: `reset` begins it.
    case whole
    /// The request is refused, and the connection must end after the answer. The identifier is the client's, if its
    /// request has one; it need not be a valid one.
    case refused(Refusal, identifier: [UInt8]?)
  }

  private enum Phase {
    case head
    /// The section is whole, and the caller has to say what to do with the body.
    case decision
    /// This many bytes of the body are missing.
    case length(Int)
    /// The body comes in chunks, which `chunks` reads.
    case chunks
    case whole
    case refused
  }

  private var phase = Phase.head
  private var head: HeadReader
  /// Not a part of the phase, which would be large to copy with it.
  private var chunks: ChunkedBody?
  /// The beginning of a section that is not whole.
  private var held: [UInt8] = []

  /// A reader of requests whose header sections have at most `headLimit` bytes.
  init(headLimit: Int) {
    head = HeadReader(limit: headLimit)
  }

  /// Whether a part of a request has been read, and more must come.
  var isInside: Bool {
    switch phase {
    case .head: !held.isEmpty
    case .decision, .length, .chunks: true
    case .whole, .refused: false
    }
  }

  /// Whether the connection must end after the answer.
  var isRefused: Bool { if case .refused = phase { true } else { false } }

  /// How many bytes the request can use at least, if that is known.
  var missingCount: Int? {
    if case .length(let missing) = phase { missing } else { nil }
  }

  /// Reads on from `index`, and moves it past what was used.
  mutating func read(_ bytes: Span<UInt8>, at index: inout Int) -> Event {
    switch phase {
    case .head:
      return readHead(bytes, at: &index)
    case .decision:
      preconditionFailure("what to do with the body has not been said")
    case .length(0):
      phase = .whole
      return .whole
    case .length(let missing):
      guard index < bytes.count else { return .incomplete }
      let end = min(bytes.count, index + missing)
      let range = index..<end
      phase = .length(missing - range.count)
      index = end
      return .data(range)
    case .chunks:
      return note(chunks!.read(bytes, from: index), bytes.count, at: &index)
    case .whole, .refused:
      // What comes after a refusal is not looked at.
      index = bytes.count
      return .incomplete
    }
  }

  /// The body is to be read, up to `limit` bytes. `head` is the section that `read` found.
  mutating func takeBody(of head: RequestHead, limit: Int) {
    if head.isChunked {
      phase = .chunks
      chunks = ChunkedBody(limit: limit)
    } else {
      phase = .length(head.contentLength ?? 0)
    }
  }

  /// The body is not read: the connection ends after the answer.
  mutating func skipBody() {
    phase = .refused
    chunks = nil
  }

  /// Begins with the next request of the connection.
  mutating func reset() {
    phase = .head
    head.reset()
  }

  // MARK: Parts

  private mutating func readHead(_ bytes: Span<UInt8>, at index: inout Int) -> Event {
    if held.isEmpty {
      let rest = bytes.extracting(index...)
      if rest.isEmpty { return .incomplete }
      switch head.read(rest) {
      case .incomplete:
        held = rest.copied
        index = bytes.count
        return .incomplete
      case .whole(let section, let count):
        index += count
        phase = .decision
        return .head(section)
      case .refused(let refusal):
        return refuse(refusal, rest, &index, bytes.count)
      }
    }
    // A line at a time, so that what follows the section stays where it is.
    while index < bytes.count {
      let end = bytes.firstIndex(of: 0x0A, from: index).map { $0 + 1 } ?? bytes.count
      held.append(copying: bytes.extracting(index..<end))
      index = end
      let section = held
      switch head.read(section.span) {
      case .incomplete:
        break
      case .whole(let head, _):
        held = []
        phase = .decision
        return .head(head)
      case .refused(let refusal):
        held = []
        return refuse(refusal, section.span, &index, bytes.count)
      }
    }
    return .incomplete
  }

  private mutating func refuse(
    _ refusal: Refusal, _ section: Span<UInt8>, _ index: inout Int, _ end: Int
  ) -> Event {
    phase = .refused
    index = end
    return .refused(refusal, identifier: HeadReader.value(of: "x-request-id", in: section))
  }

  private mutating func note(
    _ finding: ChunkedBody.Finding, _ end: Int, at index: inout Int
  ) -> Event {
    switch finding {
    case .nothing:
      index = end
      return .incomplete
    case .data(let range):
      index = range.upperBound
      return .data(range)
    case .end(let position):
      phase = .whole
      chunks = nil
      index = position
      return .whole
    case .refused(let refusal):
      phase = .refused
      chunks = nil
      index = end
      return .refused(refusal, identifier: nil)
    }
  }
}
