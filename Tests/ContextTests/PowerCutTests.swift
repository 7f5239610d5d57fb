import Bytes
import Testing
import TestSupport

@testable import Context

/// Simulates the contents of storage when the power fails: of everything written since the last
/// completed flush, any sector of 512 bytes may be there, in any of its versions, or missing.
///
/// Two real faults are not simulated: a device that damages sectors that it was not writing (cheap
/// flash may, if the power fails while it moves its pages), and one that reports a flush before it
/// is made. The checksums find the first, like any damage, and it costs the turns in these sectors.
/// Software cannot do anything about the second.
@Suite(.seeded) struct PowerCutTests {
  /// A ring whose writes are recorded.
  final class Recorded {
    let subject: TestRing
    /// What storage has for certain.
    private var flushed: Memory
    /// What was written since, by sector: each version of it.
    private var versions: [Int: [[UInt8]]] = [:]

    static let sector = 512

    init(blockSize: Int) {
      subject = TestRing(blockSize: blockSize)
      flushed = Memory(copying: subject.block)
      subject.ring.onChange = { [unowned self] bytes, offset in
        // The block equals the file at the time of the write.
        let isBlock = bytes.copied == Array(subject.block.bytes[offset..<offset + bytes.count])
        #expect(isBlock)
        let last = (offset + bytes.count - 1) / Self.sector
        for sector in offset / Self.sector...last {
          versions[sector, default: []].append(contents(of: sector, in: subject.block))
        }
      }
    }

    func flush() {
      flushed = Memory(copying: subject.block)
      versions = [:]
    }

    /// The storage after a power cut.
    func cut(using random: inout SeededGenerator) -> Memory {
      let left = Memory(copying: flushed)
      for (sector, versions) in versions {
        let version = Int.random(in: -1..<versions.count, using: &random)
        guard version >= 0 else { continue }
        for (place, byte) in versions[version].enumerated() {
          left[sector * Self.sector + place] = byte
        }
      }
      return left
    }

    /// Every write was reported: the reports together make the block.
    func compare() {
      let built = Memory(copying: flushed)
      for (sector, versions) in versions {
        for (place, byte) in versions.last!.enumerated() {
          built[sector * Self.sector + place] = byte
        }
      }
      #expect(built.isEqual(to: subject.block))
    }

    private func contents(of sector: Int, in block: Memory) -> [UInt8] {
      let start = sector * Self.sector
      return Array(block.bytes[start..<min(start + Self.sector, block.bytes.count)])
    }
  }

  /// All turns that were flushed and not overwritten since are there, in order. Of the others some
  /// may be there, and those are whole.
  @Test func losesNothingThatWasFlushed() throws {
    for seed in 0..<(isLongRun ? 20_000 : 120) as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let recorded = Recorded(blockSize: 8192 + Int.random(in: 0..<512, using: &random) * 8)
      var all: [(sequence: UInt64, name: String, said: String)] = []
      var flushedCount = 0
      for turn in 0..<Int.random(in: 1...120, using: &random) {
        let name = "c\(Int.random(in: 0..<4, using: &random))"
        let said =
          "\(turn)-" + String(repeating: "x", count: Int.random(in: 0...900, using: &random))
        let sequence = try recorded.subject.append(name, user: said, reply: "r" + said)
        all.append((sequence, name, said))
        if Int.random(in: 0..<4, using: &random) == 0 {
          recorded.flush()
          flushedCount = all.count
        }
      }
      recorded.compare()
      let reopened = try TestRing(reopening: recorded.cut(using: &random))
      let tail = recorded.subject.ring.tail
      for name in ["c0", "c1", "c2", "c3"] {
        let found = reopened.recall(name)
        let said = all.enumerated().filter { $0.element.name == name }
        let due = said.filter { $0.offset < flushedCount && $0.element.sequence >= tail }
        var place = found.startIndex
        for (offset, turn) in said {
          let expected = ["u:" + turn.said, "a:r" + turn.said]
          if place < found.count, Array(found[place..<place + 2]) == expected {
            place += 2
          } else if due.contains(where: { $0.offset == offset }) {
            Issue.record("seed \(seed): turn \(offset) of \(name) was flushed, and is gone")
          }
        }
        #expect(place == found.count, "seed \(seed): a turn that never was, twice, or out of order")
      }
    }
  }

  /// A deletion that was flushed is permanent. One that was not leaves whole turns or none.
  @Test func deletionsThatWereFlushedAreForGood() throws {
    for seed in 0..<(isLongRun ? 5_000 : 60) as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let recorded = Recorded(blockSize: 8192)
      for turn in 0..<20 {
        try recorded.subject.append("c\(turn % 3)", user: "secret\(turn)", reply: "secret")
      }
      recorded.flush()
      #expect(recorded.subject.delete("c1"))
      if seed % 2 == 0 { recorded.flush() }
      try recorded.subject.append("c2", user: "more", reply: "r")
      recorded.compare()
      let reopened = try TestRing(reopening: recorded.cut(using: &random))
      let left = reopened.recall("c1")
      #expect(left.count % 2 == 0)
      if seed % 2 == 0 { #expect(left.isEmpty) }
      #expect(reopened.recall("c0").count == 14)
    }
  }

  /// A power cut while conversations of a user are deleted leaves the others, and of these whole
  /// turns or none. Once the deletion was flushed, nothing of them comes back.
  @Test func deletionsOfAUserAreForGood() throws {
    for seed in 0..<(isLongRun ? 5_000 : 60) as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let recorded = Recorded(blockSize: 16_384)
      for turn in 0..<60 {
        try recorded.subject.append(
          "c\(turn % 6)", by: "u\(turn % 2)", user: "secret\(turn)", reply: "secret")
      }
      recorded.flush()
      let bot = Array("bot".utf8)
      var erasure = recorded.subject.ring.erasure(of: .user(Array("u1".utf8), bot: bot))
      let steps = seed % 2 == 0 ? .max : Int.random(in: 0..<60, using: &random)
      var step = 0
      while step < steps, recorded.subject.ring.advance(&erasure) { step += 1 }
      recorded.subject.ring.reportChanges()
      if seed % 2 == 0 { recorded.flush() }
      try recorded.subject.append("c0", by: "u0", user: "more", reply: "r")
      recorded.compare()
      let reopened = try TestRing(reopening: recorded.cut(using: &random))
      for name in ["c0", "c2", "c4"] { #expect(reopened.recall(name).count >= 20) }
      for (place, name) in ["c1", "c3", "c5"].enumerated() {
        let left = reopened.recall(name).filter { $0.hasPrefix("u:") }
        if seed % 2 == 0 { #expect(left.isEmpty) }
        let known = (0..<10).map { "u:secret\(2 * place + 1 + 6 * $0)" }
        #expect(left == known.filter { left.contains($0) })
      }
    }
  }
}
