import Bytes

/// A message that waits to be answered, as the outbox keeps it.
package struct OutboxMessage {
  /// The id of the message and of its reply.
  package var id: [UInt8]
  /// When it was accepted, in milliseconds since 1970.
  package var created: Int64
  /// The bot's id.
  package var bot: [UInt8]
  /// The conversation's id.
  package var conversation: [UInt8]
  /// The name of the API key that it came with; empty if there was none.
  package var caller: [UInt8]
  /// The id of the request that brought it.
  package var request: [UInt8]
  /// The names by which a repeated message is recognised, a line each; empty for a message that is never repeated.
  package var key: [UInt8]
  /// A hash of what a repeated message must have in common with this one.
  package var fingerprint: UInt64
  /// The name of the reply's receiver; empty if the reply is only asked for.
  package var receiver: [UInt8]
  /// Where the receiver sends the reply.
  package var address: [UInt8]
  /// What the receiver needs besides, in its own words.
  package var note: [UInt8]
  /// Whether the reply names integrations and attempts.
  package var showsAttempts: Bool
  /// The message's JSON.
  package var body: [UInt8]

  package init(
    id: [UInt8], created: Int64, bot: [UInt8], conversation: [UInt8], caller: [UInt8],
    request: [UInt8], key: [UInt8], fingerprint: UInt64, receiver: [UInt8], address: [UInt8],
    note: [UInt8] = [], showsAttempts: Bool, body: [UInt8]
  ) {
    self.id = id
    self.created = created
    self.bot = bot
    self.conversation = conversation
    self.caller = caller
    self.request = request
    self.key = key
    self.fingerprint = fingerprint
    self.receiver = receiver
    self.address = address
    self.note = note
    self.showsAttempts = showsAttempts
    self.body = body
  }

  /// The versions of records that can be read, of which the last is written. The first has no ``note``.
  private static let versions = 1...2

  /// The record of the message, or, with a result, of the finished one: its body is not needed any more.
  func record(_ result: OutboxResult? = nil) -> ByteBuffer {
    let writer = RecordWriter(buffer: ByteBuffer(capacity: 512))
    writer.put(OutboxMessage.versions.upperBound)
    writer.put(created)
    writer.put(showsAttempts ? 1 : 0)
    // A number of 63 bits at most can be read.
    writer.put(Int64(bitPattern: fingerprint >> 1))
    for text in [id, bot, conversation, caller, request, key, receiver, address, note] {
      writer.put(text, limit: .max)
    }
    if let result {
      writer.put(result.finished)
      writer.put(result.turnTime)
      writer.put(result.isDone ? 1 : 0)
      writer.put(result.integration, limit: .max)
      writer.put(result.data, limit: .max)
    } else {
      writer.put(body, limit: .max)
    }
    return writer.buffer
  }

  /// Reads a record; `nil` if it is not one. `result` gets the result of a finished one.
  init?(_ record: Span<UInt8>, result: inout OutboxResult?, isFinished: Bool) {
    var reader = RecordReader(record)
    let version = reader.number()
    guard OutboxMessage.versions.contains(version) else { return nil }
    created = reader.wideNumber()
    showsAttempts = reader.number() == 1
    fingerprint = UInt64(bitPattern: reader.wideNumber()) << 1
    id = reader.text().copied
    bot = reader.text().copied
    conversation = reader.text().copied
    caller = reader.text().copied
    request = reader.text().copied
    key = reader.text().copied
    receiver = reader.text().copied
    address = reader.text().copied
    note = version > 1 ? reader.text().copied : []
    body = []
    if isFinished {
      result = OutboxResult(
        finished: reader.wideNumber(), turnTime: reader.wideNumber(),
        isDone: reader.number() == 1, integration: reader.text().copied,
        data: reader.text().copied)
    } else {
      body = reader.text().copied
    }
    guard reader.isValid, Self.times ~= created, Self.times ~= result?.finished ?? 0,
      Self.times ~= result?.turnTime ?? 0
    else {
      return nil
    }
  }

  /// The times that an outbox may have, in milliseconds since 1970: adding to them cannot overflow.
  static let times = 0...Int64(1) << 53
}

/// What a message came to.
package struct OutboxResult {
  /// When, in milliseconds since 1970.
  package var finished: Int64
  /// The time of the turn in the context, in milliseconds since 1970; 0 if the context gets none.
  package var turnTime: Int64
  /// Whether there is a reply.
  package var isDone: Bool
  /// The integration that replied.
  package var integration: [UInt8]
  /// The JSON object that `GET /v1/messages/{id}` has as `data`.
  package var data: [UInt8]

  package init(
    finished: Int64, turnTime: Int64, isDone: Bool, integration: [UInt8], data: [UInt8]
  ) {
    self.finished = finished
    self.turnTime = turnTime
    self.isDone = isDone
    self.integration = integration
    self.data = data
  }
}
