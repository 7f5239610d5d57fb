import Bytes

/// One turn in the ring. Its fields are read from the block when they are used.
///
/// | bytes | |
/// |---|---|
/// | 0..<4 | marker: `FE FF`, `TR` |
/// | 4..<8 | length of the record in cells |
/// | 8..<16 | XXH64 of everything from byte 64 on, with the ring's seed |
/// | 16..<24 | position |
/// | 24..<32 | position of the conversation's previous turn, or 0 |
/// | 32..<40 | hash of the conversation |
/// | 40..<48 | time, in milliseconds since 1970: the lower 48 bits; length of the user's id: the rest |
/// | 48..<52, 52..<56 | lengths of the user's message and of the reply |
/// | 56, 57, 58 | lengths of the ids of bot, conversation and integration |
/// | 59 | 0 |
/// | 60..<64 | lower half of the XXH64 of bytes 0..<60, with the ring's seed |
/// | 64... | ids of bot, conversation, integration, user; the message; the reply; zeros |
///
/// The header has its own checksum, so that its length can be trusted when the text is damaged: the
/// next record is then where it says. If a header is damaged, the next record is found by its
/// marker. No UTF-8 text has the bytes `FE FF`, so no client can put a record into a message.
///
/// One checksum or the other covers every byte of the record. So the order in which the bytes reach
/// the file in a crash does not matter: a mixture of old and new bytes is not a whole record.
struct RingRecord {
  static let header = 64
  static let marker = UInt32(littleEndian: 0x5254_fffe)
  /// The latest time that a record can have: some 8900 years after 1970.
  private static let latestTime = UInt64(1) << 48 - 1

  let storage: RingStorage
  /// The offset of the record in the block, in bytes.
  let offset: Int

  /// The length in cells.
  var cells: UInt64 { UInt64(load(UInt32.self, 4)) }
  /// The length in bytes.
  var length: Int { Int(load(UInt32.self, 4)) * RingLayout.cell }
  var position: UInt64 { load(UInt64.self, 16) }
  var previous: UInt64 { load(UInt64.self, 24) }
  var hash: UInt64 { load(UInt64.self, 32) }
  var time: Int64 { Int64(load(UInt64.self, 40) & Self.latestTime) }

  var bot: Span<UInt8> {
    @_lifetime(borrow self) get { text(from: Self.header, count: botLength) }
  }

  var conversation: Span<UInt8> {
    @_lifetime(borrow self) get {
      text(from: Self.header + botLength, count: conversationLength)
    }
  }

  var integration: Span<UInt8> {
    @_lifetime(borrow self) get {
      text(from: Self.header + botLength + conversationLength, count: integrationLength)
    }
  }

  /// The id of the user; empty if the client gave none.
  var userID: Span<UInt8> {
    @_lifetime(borrow self) get { text(from: messages - userIDLength, count: userIDLength) }
  }

  var user: Span<UInt8> {
    @_lifetime(borrow self) get { text(from: messages, count: userLength) }
  }

  var reply: Span<UInt8> {
    @_lifetime(borrow self) get { text(from: messages + userLength, count: replyLength) }
  }

  /// Whether this is a turn of that conversation.
  func belongs(to identity: borrowing ConversationIdentity, hash wanted: UInt64) -> Bool {
    hash == wanted && bot.equals(identity.bot) && conversation.equals(identity.conversation)
  }

  /// The length of a record with `count` bytes of text, in bytes.
  static func length(forText count: Int) -> Int {
    let whole = header + count + RingLayout.cell - 1
    return max(RingLayout.minimumRecord, whole / RingLayout.cell * RingLayout.cell)
  }

  // MARK: Writing

  /// Writes a new turn into cells that are zero. The caller has checked the lengths.
  func write(
    length: Int, position: UInt64, previous: UInt64, hash: UInt64, time: Int64, seed: UInt64,
    identity: borrowing ConversationIdentity, integration: Span<UInt8>, userID: Span<UInt8>,
    user: Span<UInt8>, reply: Span<UInt8>
  ) {
    store(Self.marker, 0)
    store(UInt32(length / RingLayout.cell), 4)
    store(position, 16)
    store(previous, 24)
    store(hash, 32)
    let time = min(UInt64(max(0, time)), Self.latestTime)
    store(time | UInt64(userID.count) << 48, 40)
    store(UInt32(user.count), 48)
    store(UInt32(reply.count), 52)
    store(UInt8(identity.bot.count), 56)
    store(UInt8(identity.conversation.count), 57)
    store(UInt8(integration.count), 58)
    var next = offset + Self.header
    next = put(identity.bot, at: next)
    next = put(identity.conversation, at: next)
    next = put(integration, at: next)
    next = put(userID, at: next)
    next = put(user, at: next)
    next = put(reply, at: next)
    store(textChecksum(seed), 8)
    store(headerChecksum(seed), 60)
  }

  /// Links the record to another turn of its conversation.
  func relink(to previous: UInt64, seed: UInt64) {
    store(previous, 24)
    store(headerChecksum(seed), 60)
  }

  private func put(_ text: Span<UInt8>, at start: Int) -> Int {
    storage.copy(text, to: start)
    return start + text.count
  }

  // MARK: Checking

  /// Whether there is an unchanged header of a record at this offset, and the record ends by `end`.
  ///
  /// Only then may the other members be used; the text may still be damaged.
  func hasSoundHeader(seed: UInt64, end: Int) -> Bool {
    guard end - offset >= RingLayout.minimumRecord, load(UInt32.self, 0) == Self.marker,
      load(UInt32.self, 60) == headerChecksum(seed), load(UInt8.self, 59) == 0,
      botLength > 0, conversationLength > 0
    else { return false }
    // The sum of two 32-bit lengths may not fit an `Int` of 32 bits.
    let text =
      UInt64(messages - Self.header) + UInt64(load(UInt32.self, 48))
      + UInt64(load(UInt32.self, 52))
    guard cells <= UInt64((end - offset) / RingLayout.cell), text <= UInt64(end - offset) else {
      return false
    }
    return length == Self.length(forText: Int(text))
  }

  /// Whether the text is unchanged. O(length).
  func hasSoundText(seed: UInt64) -> Bool { load(UInt64.self, 8) == textChecksum(seed) }

  private func textChecksum(_ seed: UInt64) -> UInt64 {
    XXH64.hash(
      storage.bytes(at: offset + Self.header, count: length - Self.header), seed: seed)
  }

  private func headerChecksum(_ seed: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: XXH64.hash(storage.bytes(at: offset, count: 60), seed: seed))
  }

  // MARK: Fields

  private var userLength: Int { Int(load(UInt32.self, 48)) }
  private var replyLength: Int { Int(load(UInt32.self, 52)) }
  private var botLength: Int { Int(load(UInt8.self, 56)) }
  private var conversationLength: Int { Int(load(UInt8.self, 57)) }
  private var integrationLength: Int { Int(load(UInt8.self, 58)) }
  private var userIDLength: Int { Int(load(UInt64.self, 40) >> 48) }

  /// The offset of the user's message, after the four ids.
  private var messages: Int {
    Self.header + botLength + conversationLength + integrationLength + userIDLength
  }

  @inline(__always)
  private func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, _ field: Int
  ) -> Number {
    storage.load(at: offset + field)
  }

  @inline(__always)
  private func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ field: Int) {
    storage.store(number, at: offset + field)
  }

  @inline(__always)
  @_lifetime(borrow self)
  private func text(from start: Int, count: Int) -> Span<UInt8> {
    _overrideLifetime(storage.bytes(at: offset + start, count: count), borrowing: self)
  }
}
