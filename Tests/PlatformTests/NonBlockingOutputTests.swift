import Bytes
import Foundation
import Testing
import TestSupport

@testable import Platform

/// The kinds of standard error: a pipe or terminal, a socket (the journal), a file.
@Suite struct NonBlockingOutputTests {
  @Test func doesNotWaitForAPipe() throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    let writing = Descriptor(adopting: pipe.writing)
    try fillAndResume(NonBlockingOutput(to: writing.number), reader: reading.number)
    // Processes that share the pipe find its other descriptors as they were.
    #expect(fcntl(writing.number, F_GETFL) & O_NONBLOCK == 0)
  }

  @Test func doesNotWaitForASocket() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let reading = Descriptor(adopting: ends[0])
    let writing = Descriptor(adopting: ends[1])
    try fillAndResume(NonBlockingOutput(to: writing.number), reader: reading.number)
    #expect(fcntl(writing.number, F_GETFL) & O_NONBLOCK == 0)
  }

  @Test func appendsToAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("old "), to: "log")
    let file = Descriptor(adopting: open(path, O_WRONLY | O_APPEND))
    let output = NonBlockingOutput(to: file.number)
    let count = try output.write(bytes("new").span)
    #expect(count == 3)
    #expect(try File.read(bytes(path), limit: 100) == bytes("old new"))
  }

  @Test func continuesAtTheEndOfAFileThatWasCut() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes(""), to: "log")
    let file = Descriptor(adopting: open(path, O_WRONLY))
    let output = NonBlockingOutput(to: file.number)
    _ = try output.write(bytes("old").span)
    try #require(truncate(path, 0) == 0)
    _ = try output.write(bytes("new").span)
    #expect(try File.read(bytes(path), limit: 100) == bytes("new"))
  }

  @Test func reportsAReaderThatIsGone() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let writing = Descriptor(adopting: ends[1])
    close(ends[0])
    let output = NonBlockingOutput(to: writing.number)
    let error = #expect(throws: SystemError.self) { _ = try output.write(bytes("x").span) }
    #expect(error?.code == EPIPE)
  }

  /// The environment names the journal's stream; systemd.exec(5).
  @Test func knowsTheJournal() throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    let writing = Descriptor(adopting: pipe.writing)
    var status = stat()
    try #require(fstat(writing.number, &status) == 0)
    let before = Environment.variable(bytes("JOURNAL_STREAM")).map(text)
    defer {
      if let before { setenv("JOURNAL_STREAM", before, 1) } else { unsetenv("JOURNAL_STREAM") }
    }
    let name = "\(status.st_dev):\(status.st_ino)"
    for (value, expected) in [(name, true), (name + "0", false), ("1:1", false), (nil, false)] {
      if let value { setenv("JOURNAL_STREAM", value, 1) } else { unsetenv("JOURNAL_STREAM") }
      let isJournal = NonBlockingOutput(to: writing.number).isJournal
      #expect(isJournal == expected, "\(value ?? "not set")")
    }
    _ = reading.number
  }

  /// Writes until nothing more is accepted, then again after there is room.
  private func fillAndResume(_ output: consuming NonBlockingOutput, reader: Int32) throws {
    let chunk = [UInt8](repeating: 0x41, count: 4096)
    var written = 0
    while true {
      let count = try output.write(chunk.span)
      if count == 0 { break }
      written += count
    }
    #expect(written >= 4096)
    let isRefused = !output.waitForReader(milliseconds: 0)
    #expect(isRefused)
    var buffer = [UInt8](repeating: 0, count: written)
    var taken = 0
    while taken < written { taken += read(reader, &buffer, written - taken) }
    let isTaken = output.waitForReader(milliseconds: 0)
    #expect(isTaken)
    let count = try output.write(chunk.span)
    #expect(count == 4096)
  }
}
