import Bytes
import Foundation
import Logging
import Testing
import TestSupport

@testable import Platform
@testable import Storage

/// A file with one text in three slots.
@Suite(.seeded) final class StatisticsFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private var path: String { folder.file("ring.statistics") }

  private func open(ring size: Int = 1 << 20) throws -> StatisticsFile {
    try #require(
      StatisticsFile(
        besideRing: bytes(folder.file("ring")), of: size, log: Log(level: .error, format: .text)))
  }

  private func write(_ words: String, to file: StatisticsFile) {
    file.write(ByteBuffer(copying: bytes(words).span))
  }

  private func flush(_ file: StatisticsFile) throws {
    file.beginFlush()
    try file.flush()
    file.endFlush(nil)
  }

  private var contents: [UInt8] {
    get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
  }

  private func replace(_ contents: [UInt8]) throws {
    try Data(contents).write(to: URL(fileURLWithPath: path))
  }

  @Test func hasWhatWasWrittenLast() throws {
    var file = try open()
    #expect(file.found == [])
    for number in 0..<10 {
      write("text \(number)", to: file)
      if number % 3 == 0 { try flush(file) }
    }
    file = try open()
    #expect(text(file.found) == "text 9")
    #expect(try contents.count == 3 * 16384)
  }

  /// Whatever is lost of the writes since the last flush, what was flushed or something newer is there.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func survivesLostAndTornWrites(stream: UInt64) throws {
    var random = SeededGenerator(stream: stream)
    let file = try open()
    var flushed = try contents
    var number = 0
    var safe = 0
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      number += 1
      write(
        "\(number) " + String(repeating: "x", count: .random(in: 0...9000, using: &random)),
        to: file)
      guard Bool.random(using: &random) else { continue }
      // What is written while a flush is under way may be on storage or not.
      file.beginFlush()
      let covered = try contents
      let coveredNumber = number
      while Bool.random(using: &random) {
        number += 1
        write("\(number)", to: file)
      }
      file.endFlush(nil)
      (flushed, safe) = (covered, coveredNumber)
    }
    // A power cut: of the pages that were written since, some are on storage.
    let written = try contents
    var found = flushed
    for page in stride(from: 0, to: found.count, by: 512) where Bool.random(using: &random) {
      found[page..<page + 512] = written[page..<page + 512]
    }
    try replace(found)
    let words = text(try open().found).split(separator: " ")
    let survivor = words.first.flatMap { Int($0) } ?? 0
    #expect(safe...number ~= survivor)
  }

  @Test(arguments: [0, 1, 1000, 49151, 49153, 200_000])
  func survivesAnyLength(length: Int) throws {
    let file = try open()
    write("text", to: file)
    var all = try contents
    all += [UInt8](repeating: 0, count: 200_000)
    try replace(Array(all.prefix(length)))
    _ = try open()
    #expect(try contents.count == 3 * 16384)
  }

  @Test(arguments: [8192, 1 << 16, 1 << 22, 1 << 30])
  func keepsItsTextInAnotherSize(ring: Int) throws {
    write("text", to: try open())
    let file = try open(ring: ring)
    #expect(text(file.found) == "text")
    #expect(try contents.count == 3 * min(max(ring / 64, 8192), 65536))
    #expect(text(try open(ring: ring).found) == "text")
  }

  @Test func keepsWhatIsNotItsOwnAside() throws {
    try replace(bytes("another program's"))
    #expect(try open().found == [])
    let aside = try String(contentsOfFile: path + ".unreadable", encoding: .utf8)
    #expect(aside == "another program's")
  }
}
