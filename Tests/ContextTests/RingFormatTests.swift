import Testing

@testable import Context

/// The format, byte by byte, as another program computed it: files written today can be read
/// tomorrow.
@Suite struct RingFormatTests {
  private static let header: [UInt8] = [
    0x50, 0x6f, 0x73, 0x74, 0x52, 0x69, 0x6e, 0x67, 0x04, 0x03, 0x02, 0x01, 0x02, 0x00, 0x00, 0x00,
    0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00,
    0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe,
    0xb3, 0x18, 0x6b, 0x2c, 0xf9, 0x41, 0x47, 0xf4, 0xa6, 0xb5, 0xb4, 0xc0, 0x93, 0x8d, 0x4d, 0x13,
  ]
  private static let record: [UInt8] = [
    0xfe, 0xff, 0x54, 0x52, 0x10, 0x00, 0x00, 0x00, 0x42, 0xe3, 0xe9, 0xa8, 0x48, 0x4e, 0x07, 0x80,
    0xf0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x06, 0x6f, 0x1f, 0xb9, 0xc2, 0x09, 0xd2, 0xc2, 0x00, 0x01, 0x19, 0xc1, 0x9b, 0x01, 0x08, 0x00,
    0x04, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x03, 0x02, 0x03, 0x00, 0xfa, 0x75, 0xa7, 0xb7,
    0x62, 0x6f, 0x74, 0x63, 0x31, 0x67, 0x70, 0x74, 0x75, 0x73, 0x65, 0x72, 0x5f, 0x34, 0x35, 0x36,
    0x22, 0x48, 0x69, 0x22, 0x22, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0x22, 0x00, 0x00, 0x00, 0x00,
  ]
  /// The same of version 1, without the user.
  private static let firstHeader: [UInt8] = [
    0x50, 0x6f, 0x73, 0x74, 0x52, 0x69, 0x6e, 0x67, 0x04, 0x03, 0x02, 0x01, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00,
    0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe,
    0xb3, 0x18, 0x6b, 0x2c, 0xf9, 0x41, 0x47, 0xf4, 0x55, 0xd7, 0xf1, 0x07, 0x57, 0x15, 0xe0, 0xd3,
  ]
  private static let firstRecord: [UInt8] = [
    0xfe, 0xff, 0x54, 0x52, 0x10, 0x00, 0x00, 0x00, 0x0e, 0xd8, 0xa9, 0xce, 0x50, 0x68, 0x9c, 0x8e,
    0xf0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x06, 0x6f, 0x1f, 0xb9, 0xc2, 0x09, 0xd2, 0xc2, 0x00, 0x01, 0x19, 0xc1, 0x9b, 0x01, 0x00, 0x00,
    0x04, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x03, 0x02, 0x03, 0x00, 0x29, 0x6e, 0x7e, 0x4d,
    0x62, 0x6f, 0x74, 0x63, 0x31, 0x67, 0x70, 0x74, 0x22, 0x48, 0x69, 0x22, 0x22, 0x48, 0x65, 0x6c,
    0x6c, 0x6f, 0x21, 0x22, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  ]

  private func ring() throws -> TestRing {
    let ring = TestRing(blockSize: 4096)
    try ring.append(
      "c1", by: "user_456", user: #""Hi""#, reply: #""Hello!""#, integration: "gpt",
      at: 1_768_471_200_000)
    return ring
  }

  private static func block(_ header: [UInt8], _ record: [UInt8]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 4096)
    block.replaceSubrange(0..<64, with: header)
    block.replaceSubrange(64..<64 + record.count, with: record)
    block.replaceSubrange(4032..<4096, with: header)
    return block
  }

  @Test func isAsDocumented() throws {
    #expect(try ring().block.contents == Self.block(Self.header, Self.record))
  }

  /// A ring of version 1 becomes one of version 2, whichever of its headers a crash left behind.
  @Test(arguments: [[], [0], [4032]]) func convertsTheFirstVersion(converted: [Int]) throws {
    let block = Memory(4096)
    for (place, byte) in Self.block(Self.firstHeader, Self.firstRecord).enumerated() {
      block[place] = byte
    }
    for start in converted {
      for (place, byte) in Self.header.enumerated() { block[start + place] = byte }
    }
    let ring = try TestRing(reopening: block)
    #expect(ring.ring.recovery.isUpgraded == (converted != [0]))
    #expect(block.contents == Self.block(Self.header, Self.firstRecord))
    #expect(ring.recall("c1") == [#"u:"Hi""#, #"a:"Hello!""#])
    try ring.append("c1", by: "user_456", user: "1", reply: "2", at: 1_768_471_200_001)
    #expect(ring.users("c1") == ["", "user_456"])
    #expect(
      ring.activity("c1")
        == ConversationActivity(turns: 2, oldest: 1_768_471_200_000, newest: 1_768_471_200_001))
    let again = try ring.reopenedCopy()
    #expect(!again.ring.recovery.isUpgraded)
    #expect(again.users("c1") == ["", "user_456"])
  }

  /// Times outside the range of the format are stored as its ends.
  private static let latest: Int64 = 281_474_976_710_655

  @Test(arguments: [Int64.min, -1, latest, Int64.max]) func clampsTimes(time: Int64) throws {
    let stored = min(max(0, time), Self.latest)
    let ring = TestRing(blockSize: 4096)
    try ring.append("c", by: "user", user: "1", reply: "2", at: time)
    #expect(ring.activity("c")?.newest == stored)
    #expect(ring.users("c") == ["user"])
  }

  /// One copy of the header is enough, and restores the other.
  @Test(arguments: [[0], [9], [40], [63], [4032], [4071], [0, 20, 63]])
  func survivesDamageToOneHeader(bytes: [Int]) throws {
    let ring = try ring()
    let original = Memory(copying: ring.block)
    for byte in bytes { ring.block[byte] ^= 0x10 }
    let reopened = try ring.reopenedCopy()
    #expect(reopened.block.isEqual(to: original))
    #expect(reopened.recall("c1") == [#"u:"Hi""#, #"a:"Hello!""#])
  }

  struct Refusal {
    /// What to write where, in both headers; with the checksum corrected if it says so.
    var change: (at: Int, bytes: [UInt8])
    var isChecksumMended: Bool
    var error: ContextError
  }

  @Test(arguments: [
    Refusal(change: (0, [0x51]), isChecksumMended: true, error: .damaged),
    Refusal(change: (56, [0x00]), isChecksumMended: false, error: .damaged),
    Refusal(change: (8, [1, 2, 3, 4]), isChecksumMended: false, error: .foreignByteOrder),
    Refusal(change: (8, [0]), isChecksumMended: true, error: .damaged),
    Refusal(change: (12, [3]), isChecksumMended: true, error: .unknownVersion(3)),
    Refusal(change: (12, [0]), isChecksumMended: true, error: .unknownVersion(0)),
    Refusal(change: (28, [64]), isChecksumMended: true, error: .unknownVersion(2)),
    Refusal(change: (17, [0x20]), isChecksumMended: true, error: .differentSize(8192)),
    Refusal(
      change: (0, [UInt8](repeating: 0, count: 64)), isChecksumMended: false, error: .damaged),
  ])
  func refusesWhatItCannotRead(refusal: Refusal) throws {
    let ring = try ring()
    for header in [0, 4032] {
      for (place, byte) in refusal.change.bytes.enumerated() {
        ring.block[header + refusal.change.at + place] = byte
      }
      guard refusal.isChecksumMended else { continue }
      let storage = RingStorage(ring.block.bytes)
      let checksum = XXH64.hash(storage.bytes(at: header, count: 56), seed: 0)
      storage.store(checksum, at: header + 56)
    }
    let before = Memory(copying: ring.block)
    do throws(ContextError) {
      _ = try TestRing(reopening: ring.block)
      Issue.record("read what it cannot")
    } catch {
      #expect(error == refusal.error)
      #expect(!error.message.bytes.isEmpty)
    }
    #expect(ring.block.isEqual(to: before))
  }

  /// The header says for which size the ring was made, even if its copy is not where it should be.
  @Test(arguments: [4104, 8192]) func refusesABlockOfAnotherSize(size: Int) throws {
    let ring = try ring()
    let other = Memory(size)
    for (place, byte) in ring.block.contents.enumerated() { other[place] = byte }
    #expect(throws: ContextError.differentSize(4096)) { try TestRing(reopening: other) }
  }

  /// Lengths that no ring can have, under a correct checksum: damage, and not a number to add to.
  @Test(arguments: [4, 44, 48, 52]) func refusesImpossibleLengths(field: Int) throws {
    let ring = try ring()
    let storage = RingStorage(ring.block.bytes)
    storage.store(UInt32.max, at: 64 + field)
    let seed = storage.load(UInt64.self, at: 48)
    let checksum = XXH64.hash(storage.bytes(at: 64, count: 60), seed: seed)
    storage.store(UInt32(truncatingIfNeeded: checksum), at: 64 + 60)
    let reopened = try ring.reopenedCopy()
    #expect(reopened.ring.recovery.damagedTurns == 1)
    #expect(reopened.recall("c1") == [])
  }

  /// A block that is not a ring.
  @Test func refusesAnythingElse() {
    let block = Memory(4096)
    #expect(throws: ContextError.damaged) { try TestRing(reopening: block) }
  }
}
