package import Backends
import Bytes
package import Protocols

/// What the flight recorder has of one exchange. The recorder lends it for a call.
package struct ExchangeRecord: ~Escapable {
  /// The reply's id.
  package let id: Span<UInt8>
  /// The id of the client's request.
  package let request: Span<UInt8>
  package let bot: Span<UInt8>
  package let conversation: Span<UInt8>
  /// The user that the client names; empty for none.
  package let user: Span<UInt8>
  /// The name of the client's key; empty for none.
  package let key: Span<UInt8>
  /// The integration that replied, or was asked last; empty for none.
  package let integration: Span<UInt8>
  /// The interface that the client speaks.
  package let face: Face
  package let isStreaming: Bool
  /// Whether a fallback replied.
  package let isFallback: Bool
  private let hasContent: Bool
  /// When it began, in milliseconds since 1970.
  package let start: Int64
  /// The time from its beginning to its end, in milliseconds.
  package let duration: Int
  /// The time before the first integration was asked, in milliseconds.
  package let waited: Int
  /// The time until the first content of a stream, in milliseconds.
  package let firstContent: Int?
  package let result: ExchangeResult
  package let turnsLeftOut: Int
  /// The size of the request's body.
  package let requestBytes: Int
  /// The size of the reply's content, as JSON.
  package let replyBytes: Int
  /// What the reply took, as far as its backend says.
  package let tokens: (input: Int?, output: Int?, cached: Int?)
  /// What it cost; `nil` without a price.
  package let cost: Cost?
  /// How many attempts follow.
  package let attemptCount: Int
  /// How many were left out, because there are too many.
  package let attemptsLeftOut: Int
  private let rest: RecordReader

  /// The texts of an exchange that is kept with what was said.
  package struct Content: ~Escapable {
    package let message: Span<UInt8>
    package let reply: Span<UInt8>
    /// Whether one of them was cut off.
    package let isCut: Bool

    @_lifetime(copy reader)
    fileprivate init(_ reader: RecordReader) {
      var reader = reader
      message = reader.text()
      reply = reader.text()
      isCut = reader.number() != 0
    }
  }

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    var reader = RecordReader(bytes)
    id = reader.text()
    request = reader.text()
    bot = reader.text()
    conversation = reader.text()
    user = reader.text()
    key = reader.text()
    integration = reader.text()
    // The recorder has written it, as the result below.
    face = Face(rawValue: UInt8(truncatingIfNeeded: reader.number()))!
    let flags = reader.number()
    (isStreaming, isFallback, hasContent) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0)
    start = reader.wideNumber()
    duration = reader.number()
    waited = reader.number()
    firstContent = reader.optionalNumber()
    result = ExchangeResult(rawValue: reader.number())!
    turnsLeftOut = reader.number()
    requestBytes = reader.number()
    replyBytes = reader.number()
    tokens = (reader.optionalNumber(), reader.optionalNumber(), reader.optionalNumber())
    let (units, parts) = (reader.wideNumber(), reader.wideNumber())
    // 0 is for an exchange without a cost; see RecordWriter.put(optional:).
    cost = units > 0 ? Cost(units: units - 1, parts: parts) : nil
    attemptCount = reader.number()
    attemptsLeftOut = reader.number()
    rest = reader
  }

  /// Visits the attempts in order, and returns the content; `nil` where none is kept.
  @_lifetime(copy self)
  package func visitAttempts(_ body: (borrowing AttemptRecord) -> Void) -> Content? {
    var reader = rest
    for _ in 0..<attemptCount {
      let attempt = AttemptRecord(&reader)
      body(attempt)
    }
    return hasContent ? Content(reader) : nil
  }
}
