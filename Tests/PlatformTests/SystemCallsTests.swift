import Foundation
import Testing
import TestSupport

@testable import Platform

/// Descriptors and files if the kernel does less than it was asked for.
@Suite struct SystemCallsTests {
  @Test(
    arguments: [
      [], [.failure(EINTR)], [.failure(EINTR), .failure(EINTR), .atMost(1)], [.atMost(3)],
    ] as [[SystemCalls.Injection]])
  func readsOnceInterruptedOrNot(injections: [SystemCalls.Injection]) throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    let writing = Descriptor(adopting: pipe.writing)
    try writing.writeAll(bytes("abcdef").span)
    let queue = SystemCalls.InjectionQueue(injections)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 6, alignment: 1)
    defer { buffer.deallocate() }
    let count = try SystemCalls.$queue.withValue(queue) { try reading.read(into: buffer) }
    var limit = 6
    if case .atMost(let most) = injections.last { limit = most }
    #expect(text(Array(buffer[..<count])) == String("abcdef".prefix(limit)))
    #expect(queue.injections.isEmpty)
  }

  @Test(
    arguments: [
      [], [.failure(EINTR)], [.atMost(1), .atMost(2)], [.atMost(1), .failure(EINTR), .atMost(1)],
    ] as [[SystemCalls.Injection]])
  func writesAllInAsManyCallsAsItTakes(injections: [SystemCalls.Injection]) throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    let queue = SystemCalls.InjectionQueue(injections)
    try write("hello, world", to: Descriptor(adopting: pipe.writing), queue)
    #expect(text(drain(reading.number)) == "hello, world")
    #expect(queue.injections.isEmpty)
  }

  /// What was written before stays written; the error is that of the failed call.
  @Test func stopsWhereAWriteFails() throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    let queue = SystemCalls.InjectionQueue([.atMost(5), .failure(ENOSPC)])
    let error = try #require(throws: SystemError.self) {
      try write("hello, world", to: Descriptor(adopting: pipe.writing), queue)
    }
    #expect(error.code == ENOSPC)
    #expect("\(error.call)" == "write")
    #expect(text(drain(reading.number)) == "hello")
  }

  @Test func reportsAFailedRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("contents"), to: "file")
    let queue = SystemCalls.InjectionQueue([.atMost(3), .failure(EIO)])
    let error = try #require(throws: SystemError.self) {
      try SystemCalls.$queue.withValue(queue) { _ = try File.read(bytes(path), limit: 100) }
    }
    #expect(error.code == EIO)
  }

  @Test func readsAFileInPieces() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("contents"), to: "file")
    let queue = SystemCalls.InjectionQueue([.atMost(1), .failure(EINTR), .atMost(4)])
    let contents = try SystemCalls.$queue.withValue(queue) {
      try File.read(bytes(path), limit: 8)
    }
    #expect(text(contents) == "contents")
    #expect(queue.injections.isEmpty)
  }

  private func write(
    _ text: String, to descriptor: consuming Descriptor, _ queue: SystemCalls.InjectionQueue
  ) throws {
    let writing = descriptor
    try SystemCalls.$queue.withValue(queue) { try writing.writeAll(bytes(text).span) }
  }
}
