import Bytes
import Configuration
import Context
import EventLoop
import Foundation
import Logging
import Testing
import TestSupport

@testable import Platform
@testable import Storage

/// When a ring's file is flushed, and which exchanges wait for it.
@Suite struct RingFlusherTests {
  /// A ring in a folder of its own, on a loop whose clock the test sets.
  final class Bench {
    let folder: TemporaryFolder
    let loop: EventLoop
    let worker: BlockingWorker
    let opened: OpenedRing
    let flusher: RingFlusher
    private let clock: FakeClock

    init(_ sync: ContextSettings.Sync) throws {
      folder = try TemporaryFolder()
      let clock = FakeClock()
      self.clock = clock
      loop = try EventLoop { clock.now }
      let worker = try BlockingWorker()
      self.worker = worker
      _ = try loop.register(worker.number, for: .read) { _ in worker.deliver() }
      opened = try OpenedRing.open(
        bytes(folder.file("ring")), byteCount: 8192, key: SipHash.Key(1, 2))
      flusher = RingFlusher(
        opened.file!, of: opened.resident.block, sync: sync, on: loop, worker: worker
      ) { _, _ in }
    }

    var isFlushed: Bool { opened.file!.isFlushed }

    func append() throws {
      let word = Array("word".utf8)
      try opened.resident.ring.append(
        to: ConversationIdentity(bot: word.span, conversation: word.span), user: word.span,
        reply: word.span, integration: word.span, userID: word.span, at: 0)
      flusher.noteChange()
    }

    /// Moves the clock, and lets everything due happen: the worker takes real time.
    func pass(milliseconds: Int, until isDone: (() -> Bool)? = nil) throws {
      clock.advance(.milliseconds(milliseconds))
      try loop.turn(waitingAtMost: .milliseconds(0))
      for _ in 0..<(isDone == nil ? 5 : 5000) where isDone?() != true {
        try loop.turn(waitingAtMost: .milliseconds(1))
      }
    }
  }

  @Test func alwaysAnswersWhatIsOnStorage() throws {
    let bench = try Bench(.always)
    var answered: [Int] = []
    for message in 0..<10 {
      try bench.append()
      bench.flusher.whenDurable {
        #expect(bench.isFlushed)
        answered.append(message)
      }
    }
    #expect(answered.isEmpty)
    try bench.pass(milliseconds: 0) { answered.count == 10 }
    #expect(answered == Array(0..<10))
  }

  /// An exchange that comes during a flush waits for the next one: the current one may have missed
  /// its turn.
  @Test func alwaysMakesOneFlushAtATime() throws {
    let bench = try Bench(.always)
    var answered: [Int] = []
    try bench.append()
    bench.flusher.whenDurable { answered.append(0) }
    // Passes the flush to the worker, and does not fetch its report.
    try bench.loop.turn(waitingAtMost: .milliseconds(0))
    for message in 1...3 {
      try bench.append()
      bench.flusher.whenDurable { answered.append(message) }
    }
    while answered.isEmpty { try bench.loop.turn(waitingAtMost: .milliseconds(1)) }
    #expect(answered == [0])
    #expect(!bench.isFlushed)
    try bench.pass(milliseconds: 0) { answered.count == 4 }
    #expect(answered == [0, 1, 2, 3])
    #expect(bench.isFlushed)
  }

  @Test func aDurationFlushesInTimeAndAnswersAtOnce() throws {
    let bench = try Bench(.every(milliseconds: 5000))
    for _ in 0..<3 {
      try bench.append()
      var isAnswered = false
      bench.flusher.whenDurable { isAnswered = true }
      #expect(isAnswered)
      try bench.pass(milliseconds: 2400)
      #expect(!bench.isFlushed)
      try bench.append()
      try bench.pass(milliseconds: 2600) { bench.isFlushed }
      #expect(bench.isFlushed)
      // Nothing changes, so nothing is due.
      try bench.pass(milliseconds: 10_000)
      #expect(bench.isFlushed)
    }
  }

  @Test func neverLeavesItToTheKernel() throws {
    let bench = try Bench(.never)
    try bench.append()
    var isAnswered = false
    bench.flusher.whenDurable { isAnswered = true }
    #expect(isAnswered)
    try bench.pass(milliseconds: 100_000)
    #expect(!bench.isFlushed)
    bench.flusher.close()
    #expect(!bench.isFlushed)
  }

  @Test(arguments: [ContextSettings.Sync.always, .every(milliseconds: 5000)])
  func closingFlushes(sync: ContextSettings.Sync) throws {
    let bench = try Bench(sync)
    try bench.append()
    #expect(!bench.isFlushed)
    bench.worker.close()
    bench.flusher.close()
    #expect(bench.isFlushed)
  }

  /// A file that cannot be written lets no exchange wait, and is whole again as soon as it can be
  /// written.
  @Test(arguments: [ContextSettings.Sync.always, .every(milliseconds: 5000)])
  func goesOnWithoutAFileThatFails(sync: ContextSettings.Sync) throws {
    let bench = try Bench(sync)
    let queue = SystemCalls.InjectionQueue([.failure(ENOSPC)])
    try SystemCalls.$queue.withValue(queue) { try bench.append() }
    var isAnswered = false
    bench.flusher.whenDurable { isAnswered = true }
    #expect(isAnswered)
    try bench.pass(milliseconds: 29_000)
    #expect(bench.opened.file!.fault != nil)
    // It still fails, and is tried again.
    try SystemCalls.$queue.withValue(.init([.failure(ENOSPC)])) {
      try bench.pass(milliseconds: 2000)
    }
    #expect(bench.opened.file!.fault != nil)
    try bench.pass(milliseconds: 31_000) { bench.isFlushed }
    #expect(bench.opened.file!.fault == nil)
    #expect(bench.isFlushed)
    let contents = try bench.folder.contents(of: "ring")
    #expect(contents.contains(UInt8(ascii: "w")))
  }
}
