import Foundation
import Testing

@testable import Logging
@testable import Platform

/// The log as it goes to a reader: here a pipe.
@Suite struct LogTests {
  @Test(arguments: [
    (LogLevel.error, ["error"]), (.warning, ["error", "warning"]),
    (.info, ["error", "warning", "info"]), (.debug, ["error", "warning", "info", "debug"]),
  ])
  func writesWhatIsGraveEnough(level: LogLevel, written: [String]) {
    let (log, reader) = makeLog(level)
    for level in [LogLevel.error, .warning, .info, .debug] {
      log.write(level, "event") { _ in }
      #expect(log.isEnabled(level) == written.contains("\(level)"))
    }
    let levels = reader.read().split(separator: "\n").map { $0.split(separator: " ")[1] }
    #expect(levels.map(String.init) == written)
  }

  /// The fields of a line may be expensive: they are not made for a line that is not written.
  @Test func makesNoLineThatIsNotWritten() {
    let (log, reader) = makeLog(.warning)
    log.write(.info, "event") { _ in Issue.record("asked for fields") }
    log.level = .info
    log.write(.info, "event") { $0.field("now", 1) }
    #expect(reader.read().hasSuffix(" info event now=1\n"))
  }

  @Test func gathersLinesUntilTheyAreAskedFor() {
    let (log, reader) = makeLog(.info)
    var announcements = 0
    log.onPending = { announcements += 1 }
    for number in 0..<3 { log.write(.info, "event") { $0.field("number", number) } }
    #expect(announcements == 1)
    #expect(reader.read() == "")
    #expect(log.flush())
    #expect(reader.read().split(separator: "\n").count == 3)
    #expect(log.flush())
    log.write(.info, "event") { _ in }
    #expect(announcements == 2)
  }

  /// The reader stops: nothing blocks, the waiting lines are bounded, and lost lines are counted.
  @Test func outlastsASlowReader() throws {
    let (log, reader) = makeLog(.info)
    var announcements = 0
    log.onPending = { announcements += 1 }
    let count = 4000
    var announcementsUntilFull: Int?
    for number in 0..<count {
      log.write(.info, "event") {
        $0.field("number", number)
        $0.field("filling", [UInt8](repeating: 0x78, count: 200))
      }
      if number % 100 == 0, !log.flush(), announcementsUntilFull == nil {
        announcementsUntilFull = announcements
      }
    }
    // A caller that was told so tries again by itself: another announcement would double its tries.
    #expect(announcements == announcementsUntilFull)

    var text = reader.read()
    while !log.flush() { text += reader.read() }
    text += reader.read()
    let lines = text.split(separator: "\n")
    let numbers = lines.compactMap { $0.firstMatch(of: #/number=(\d+) /#).flatMap { Int($0.1) } }
    #expect(numbers == Array(0..<numbers.count), "whole lines, in order, the oldest kept")
    #expect(numbers.count > 256 * 1024 / 300 && numbers.count < count)
    let last = try #require(lines.last)
    #expect(last.hasSuffix(" warning log_lines_dropped lines=\(count - numbers.count)"))

    let before = announcements
    log.write(.info, "event") { _ in }
    #expect(announcements == before + 1)
  }

  @Test func drainsBeforeTheEnd() async {
    let (log, reader) = makeLog(.info)
    log.onPending = {}
    for number in 0..<500 {
      log.write(.info, "event") {
        $0.field("number", number)
        $0.field("filling", [UInt8](repeating: 0x78, count: 200))
      }
    }
    let text: String = await withCheckedContinuation { done in
      Thread.detachNewThread {
        var text = ""
        while !text.contains("number=499 ") {
          usleep(500)
          text += reader.read()
        }
        done.resume(returning: text)
      }
      log.drain()
    }
    #expect(text.split(separator: "\n").count == 500)
    // From now on lines are written at once.
    log.write(.info, "last") { _ in }
    #expect(reader.read().hasSuffix(" info last\n"))
  }

  private func makeLog(_ level: LogLevel) -> (Log, PipeReader) {
    var ends: [Int32] = [-1, -1]
    let result = pipe(&ends)
    precondition(result == 0)
    let output = NonBlockingOutput(to: ends[1])
    let reader = PipeReader(reading: ends[0], writing: ends[1])
    return (Log(level: level, format: .text, output: output), reader)
  }
}

/// Both ends of a pipe that a log writes to.
private final class PipeReader: Sendable {
  private let reading: Int32
  private let writing: Int32

  init(reading: Int32, writing: Int32) {
    self.reading = reading
    self.writing = writing
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// What has arrived.
  func read() -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Foundation.read(reading, &buffer, buffer.count)
      guard count > 0 else { return text }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
