import Foundation
import Testing
import TestSupport

@testable import Context
@testable import Platform

/// Opening gives a ring for any file in any place, and reports its findings.
@Suite(.seeded) struct RingOpeningTests {
  private static let evens = ["0", "2", "4", "6", "8"]
  private static let odds = ["1", "3", "5", "7", "9"]

  @Test(arguments: [16_384, 12_000, 1 << 20]) func grows(byteCount: Int) throws {
    let folder = RingFolder()
    try folder.fill()
    chmod(folder.ringPath, 0o640)
    let opened = try folder.open(byteCount)
    #expect(opened.found == ["converted from 8192: 10, not 0"])
    #expect(opened.said("c0") == Self.evens)
    #expect(opened.said("c1") == Self.odds)
    #expect(folder.contents.count == byteCount)
    #expect(folder.names == ["context.ring"])
    var status = stat()
    #expect(stat(folder.ringPath, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(opened.resident.contents == folder.contents)
  }

  /// The oldest turns are the ones that do not fit.
  @Test func shrinks() throws {
    let folder = RingFolder()
    try folder.fill(turns: 50)
    let opened = try folder.open(4096)
    #expect(opened.found == ["converted from 8192: 31, not 19"])
    #expect(opened.said("c0") == (19..<50).filter { $0 % 2 == 0 }.map { "\($0)" })
    #expect(opened.said("c1") == (19..<50).filter { $0 % 2 == 1 }.map { "\($0)" })
    #expect(opened.resident.contents == folder.contents)
  }

  /// A turn that is too large for the smaller ring is dropped, and no other with it.
  @Test func shrinksWithoutATurnThatIsTooLarge() throws {
    let folder = RingFolder()
    do {
      let opened = try folder.open()
      try opened.append("c0", "0")
      try opened.append("c0", String(repeating: "x", count: 1500))
      try opened.append("c0", "2")
    }
    let opened = try folder.open(4096)
    #expect(opened.found == ["converted from 8192: 2, not 1"])
    #expect(opened.said("c0") == ["0", "2"])
  }

  /// A crash while the new file was being made leaves the old one, and a part of the new one.
  @Test func beginsAgainAfterACrash() throws {
    let folder = RingFolder()
    try folder.fill()
    _ = FileManager.default.createFile(
      atPath: folder.ringPath + ".new", contents: Data(repeating: 7, count: 99_999))
    #expect(try folder.open().said("c0") == Self.evens)
    #expect(folder.names == ["context.ring"])
    _ = FileManager.default.createFile(
      atPath: folder.ringPath + ".new", contents: Data(repeating: 7, count: 99_999))
    #expect(try folder.open(16_384).said("c0") == Self.evens)
    #expect(folder.names == ["context.ring"])
  }

  // MARK: Damage

  @Test(arguments: [64, 300, 4000, 8191]) func usesWhatIsLeftOfATruncatedFile(size: Int) throws {
    let folder = RingFolder()
    try folder.fill(turns: 50)
    folder.contents = Array(folder.contents[..<size])
    let opened = try folder.open()
    #expect(opened.found.first == "wrong length \(size), not 8192")
    let kept = (size - 64) / 128
    let all = opened.said("c0") + opened.said("c1")
    // Only the padding of the last turn may have been cut off.
    #expect(min(50, kept)...min(50, kept + 1) ~= all.count && !all.contains("?"))
    #expect(folder.contents.count == 8192)
    #expect(opened.resident.contents == folder.contents)
  }

  @Test func usesWhatIsInAFileThatWasAppendedTo() throws {
    let folder = RingFolder()
    try folder.fill()
    folder.contents += [UInt8](repeating: 9, count: 5000)
    let opened = try folder.open()
    #expect(opened.found == ["wrong length 13192, not 8192"])
    #expect(opened.said("c1") == Self.odds)
    #expect(folder.contents.count == 8192)
  }

  /// A page of zeros costs the turns in it; their conversations are linked around them.
  @Test func losesOnlyThePageThatIsZeroed() throws {
    for page in 0..<4 {
      let folder = RingFolder()
      try folder.fill(16_384, turns: 120)
      var contents = folder.contents
      contents.replaceSubrange(
        page * 4096..<(page + 1) * 4096, with: [UInt8](repeating: 0, count: 4096))
      folder.contents = contents
      let opened = try folder.open(16_384)
      let kept = (0..<120).filter { turn in
        let record = 64 + turn * 128..<64 + (turn + 1) * 128
        return !record.overlaps(page * 4096..<(page + 1) * 4096)
      }
      #expect(opened.said("c0") == kept.filter { $0 % 2 == 0 }.map { "\($0)" })
      #expect(opened.said("c1") == kept.filter { $0 % 2 == 1 }.map { "\($0)" })
      #expect(opened.resident.contents == folder.contents)
      #expect(opened.found.count == 1)
      #expect(opened.found.first?.hasPrefix("recovered, lost") == true)
    }
  }

  /// A flipped bit costs at most its own turn, and the log says so.
  @Test func losesOnlyTheTurnOfAFlippedBit() throws {
    let folder = RingFolder()
    try folder.fill()
    let sound = folder.contents
    var random = SeededGenerator(stream: 1)
    for _ in 0..<200 {
      var contents = sound
      let bit = Int.random(in: 0..<8192 * 8, using: &random)
      contents[bit / 8] ^= 1 << (bit % 8)
      folder.contents = contents
      let opened = try folder.open()
      let record = bit / 8 - 64
      let hit = 0..<1280 ~= record ? record / 128 : -1
      #expect(opened.said("c0") == Self.evens.filter { $0 != "\(hit)" })
      #expect(opened.said("c1") == Self.odds.filter { $0 != "\(hit)" })
      let isHeader = !(64..<8128).contains(bit / 8)
      #expect(opened.found == (isHeader ? [] : ["recovered, lost 1"]))
      #expect(opened.resident.contents == folder.contents)
    }
  }

  // MARK: Earlier versions

  /// A ring of version 1 is converted in its file; one of another size is copied to a new file.
  @Test(arguments: [8192, 16_384, 4096]) func convertsTheFirstVersion(byteCount: Int) throws {
    let folder = RingFolder()
    do {
      let opened = try folder.open()
      for turn in 0..<10 { try opened.append("c\(turn % 2)", "\(turn)", by: "") }
    }
    folder.contents = Self.changing(folder.contents, at: 12, to: [1])
    let opened = try folder.open(byteCount)
    let converted = byteCount == 8192 ? [] : ["converted from 8192: 10, not 0"]
    #expect(opened.found == ["upgraded"] + converted)
    #expect(opened.file?.isFlushed == true)
    #expect(opened.said("c0") == Self.evens)
    #expect(opened.said("c1") == Self.odds)
    try opened.append("c0", "new")
    #expect(opened.resident.contents == folder.contents)
    let bytes = folder.contents
    #expect(bytes[12] == 2 && bytes[bytes.count - 64 + 12] == 2)
  }

  // MARK: Files that are not a ring of ours

  struct Stranger: CustomTestStringConvertible {
    let name: String
    let reason: String
    let make: @Sendable ([UInt8]) -> [UInt8]
    var testDescription: String { name }
  }

  @Test(arguments: [
    Stranger(name: "text", reason: "this is not a context ring, or its header is damaged") { _ in
      Array("[server]\nlisten = 127.0.0.1:8080\n".utf8)
    },
    Stranger(name: "zeros", reason: "this is not a context ring, or its header is damaged") {
      [UInt8](repeating: 0, count: $0.count)
    },
    Stranger(
      name: "another machine's",
      reason: "this context ring was written on a machine with another byte order"
    ) { changing($0, at: 8, to: [1, 2, 3, 4]) },
    Stranger(
      name: "a later version's",
      reason: "this context ring has format 9, which this version of Postern does not know"
    ) { changing($0, at: 12, to: [9]) },
  ])
  func setsAsideWhatItCannotRead(stranger: Stranger) throws {
    let folder = RingFolder()
    try folder.fill()
    folder.contents = stranger.make(folder.contents)
    let before = folder.contents
    let opened = try folder.open()
    #expect(opened.found == ["unreadable: \(stranger.reason); context.ring.unreadable"])
    #expect(opened.said("c0") == [])
    try opened.append("c0", "new")
    #expect(folder.names == ["context.ring", "context.ring.unreadable"])
    #expect(folder.contents.count == 8192)
    let kept = URL(fileURLWithPath: folder.ringPath + ".unreadable")
    #expect(try [UInt8](Data(contentsOf: kept)) == before)
  }

  /// Changes both headers and makes their checksums right.
  private static func changing(_ ring: [UInt8], at place: Int, to bytes: [UInt8]) -> [UInt8] {
    let memory = Memory(ring.count)
    for (place, byte) in ring.enumerated() { memory[place] = byte }
    let storage = RingStorage(memory.bytes)
    for header in [0, 8128] {
      for (offset, byte) in bytes.enumerated() { memory[header + place + offset] = byte }
      let checksum = XXH64.hash(storage.bytes(at: header, count: 56), seed: 0)
      storage.store(checksum, at: header + 56)
    }
    return memory.contents
  }

  @Test func takesAnEmptyFile() throws {
    let folder = RingFolder()
    folder.contents = []
    let opened = try folder.open()
    #expect(opened.found == ["created"])
    #expect(folder.contents.count == 8192)
  }

  // MARK: Places that cannot be written

  /// A device that is full, or fails, shows when the file is made; the earlier contents stay.
  @Test(
    arguments: [
      ([.failure(ENOSPC)], "pwrite \(ENOSPC)"),
      ([.atMost(5000), .failure(EFBIG)], "pwrite \(EFBIG)"),
    ] as [([SystemCalls.Injection], String)])
  func isInMemoryOnlyOnAFullDevice(injections: [SystemCalls.Injection], reason: String) throws {
    let folder = RingFolder()
    let opened = try SystemCalls.$queue.withValue(.init(injections)) { try folder.open() }
    #expect(opened.found == ["memory only: \(reason)"])
    #expect(opened.file == nil)
    try opened.append("c0", "0")
    #expect(opened.said("c0") == ["0"])
    #expect(folder.names == [])
  }

  /// Without space for a larger ring, the existing one continues.
  @Test func doesNotGrowOnAFullDevice() throws {
    let folder = RingFolder()
    try folder.fill()
    // The file is read first: header, block, and its end.
    let queue = SystemCalls.InjectionQueue(
      [.atMost(64), .atMost(8192), .failure(ENOSPC)])
    do {
      let opened = try SystemCalls.$queue.withValue(queue) { try folder.open(16_384) }
      #expect(opened.found == ["not grown: 8192, pwrite \(ENOSPC)"])
      #expect(opened.said("c0") == Self.evens)
      try opened.append("c0", "more")
    }
    #expect(folder.names == ["context.ring"])
    let opened = try folder.open(16_384)
    #expect(opened.found == ["converted from 8192: 11, not 0"])
    #expect(opened.said("c0") == Self.evens + ["more"])
  }

  @Test func isInMemoryOnlyWhereThereIsNoFolder() throws {
    let folder = RingFolder()
    let opened = try folder.open(at: folder.path + "/nothing/context.ring")
    #expect(opened.found == ["memory only: open \(ENOENT)"])
    #expect(try folder.open(at: folder.path).found == ["memory only: open \(EISDIR)"])
    mkfifo(folder.path + "/fifo", 0o600)
    #expect(try folder.open(at: folder.path + "/fifo").found == ["memory only: open \(EINVAL)"])
    symlink("/nothing/here", folder.path + "/link")
    #expect(try folder.open(at: folder.path + "/link").found == ["memory only: open \(ENOENT)"])
  }

  /// A part that the device cannot read costs the turns in it.
  @Test func skipsWhatCannotBeRead() throws {
    let folder = RingFolder()
    try folder.fill(16_384, turns: 120)
    let queue = SystemCalls.InjectionQueue(
      [.atMost(64), .failure(EIO), .atMost(4096), .failure(EIO)])
    let opened = try SystemCalls.$queue.withValue(queue) { try folder.open(16_384) }
    let kept = (0..<120).filter { !(64 + $0 * 128..<64 + ($0 + 1) * 128).overlaps(4096..<8192) }
    #expect(opened.said("c0") == kept.filter { $0 % 2 == 0 }.map { "\($0)" })
    #expect(opened.found.count == 1)
  }
}
