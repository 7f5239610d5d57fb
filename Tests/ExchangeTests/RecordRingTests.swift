import Bytes
import TestSupport
import Testing

@testable import Exchange

/// A block of fixed size that keeps the newest records.
struct RecordRingTests {
  /// The records that a ring has, the newest first.
  private func records(of ring: RecordRing) -> [[UInt8]] {
    var found: [[UInt8]] = []
    ring.visit {
      found.append($0.copied)
      return true
    }
    return found
  }

  private func record(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number &+ $0 &* 7) }
  }

  @Test func isEmptyAtFirst() throws {
    #expect(records(of: try RecordRing(byteCount: 64)) == [])
  }

  @Test func keepsTheNewestThatFit() throws {
    let ring = try RecordRing(byteCount: 100)
    for number in 0..<3 { ring.append(record(number, 20).span) }
    #expect(records(of: ring) == [record(2, 20), record(1, 20), record(0, 20)])
    ring.append(record(3, 20).span)
    #expect(records(of: ring) == [record(3, 20), record(2, 20), record(1, 20)])
  }

  @Test func leavesOutWhatIsLargerThanTheBlock() throws {
    let ring = try RecordRing(byteCount: 64)
    ring.append(record(1, 30).span)
    ring.append(record(2, 57).span)
    #expect(records(of: ring) == [record(1, 30)])
    ring.append(record(3, 56).span)
    #expect(records(of: ring) == [record(3, 56)])
  }

  @Test func stopsWhereItIsTold() throws {
    let ring = try RecordRing(byteCount: 1000)
    for number in 0..<9 { ring.append(record(number, 5).span) }
    var count = 0
    ring.visit { _ in
      count += 1
      return count < 4
    }
    #expect(count == 4)
  }

  /// Whatever the sizes, what is kept is the newest records, whole and in order, and not fewer than surely fit.
  @Test(.seeded, arguments: 0..<8 as Range<UInt64>)
  func keepsAnyRecordsWhole(stream: UInt64) throws {
    var random = SeededGenerator(stream: stream)
    let capacity = Int.random(in: 40...4000, using: &random)
    let ring = try RecordRing(byteCount: capacity)
    var all: [[UInt8]] = []
    for number in 0..<3000 {
      let new = record(number, Int.random(in: 0...max(1, capacity / 4), using: &random))
      ring.append(new.span)
      all.insert(new, at: 0)
      if all.count > 600 { all.removeLast() }
      guard number % 10 == 0 else { continue }
      let kept = records(of: ring)
      #expect(kept == Array(all.prefix(kept.count)))
      // The end of a lap leaves a gap of less than one record.
      var size = 0
      let sure = all.prefix { record in
        size += record.count + 8
        return size <= capacity - capacity / 4 - 8
      }
      #expect(kept.count >= min(sure.count, number + 1))
    }
  }

  @Test(arguments: [(1000, 200), (200, 1000)])
  func movesTheNewestToAnotherBlock(sizes: (Int, Int)) throws {
    let old = try RecordRing(byteCount: sizes.0)
    for number in 0..<200 { old.append(record(number, 17).span) }
    let new = try RecordRing(byteCount: sizes.1)
    new.append(recordsOf: old)
    let count = min(sizes.0, sizes.1) / 25
    #expect(records(of: new) == (0..<count).map { record(199 - $0, 17) })
  }

  @Test func removesRecordsWithTheirBytes() throws {
    let ring = try RecordRing(byteCount: 1000)
    for number in 0..<60 { ring.append(record(number, 30).span) }
    let before = records(of: ring)
    #expect(ring.remove { $0[0] % 2 == 0 } == before.filter { $0[0] % 2 == 0 }.count)
    #expect(records(of: ring) == before.filter { $0[0] % 2 == 1 })
    for number in 0..<100 { ring.append(record(number, 30).span) }
    #expect(records(of: ring).first == record(99, 30))
    #expect(ring.remove { _ in true } > 0)
    #expect(records(of: ring) == [])
    #expect(ring.remove { _ in true } == 0)
  }

  @Test(arguments: [0, 1, 127, 128, 300, 1 << 40, Int.max - 1])
  func numbersAreReadAsTheyWereWritten(number: Int) {
    let buffer = ByteBuffer(capacity: 1)
    let writer = RecordWriter(buffer: buffer)
    writer.put(number)
    writer.put(optional: number)
    writer.put(optional: Int?.none)
    writer.put([UInt8]("text"))
    writer.put(-1)
    var reader = RecordReader(buffer.span)
    #expect(reader.number() == number)
    #expect(reader.optionalNumber() == number)
    #expect(reader.optionalNumber() == nil)
    let text = reader.text().copied
    #expect(text == [UInt8]("text"))
    #expect(reader.number() == 0)
  }

  /// Times since 1970 do not fit 32 bits, which `Int` has on some machines.
  @Test(arguments: [0, 1_798_000_000_000, 1 << 40, Int64.max])
  func timesAreReadAsTheyWereWritten(time: Int64) {
    let buffer = ByteBuffer(capacity: 1)
    RecordWriter(buffer: buffer).put(time)
    var reader = RecordReader(buffer.span)
    #expect(reader.wideNumber() == time)
  }
}
