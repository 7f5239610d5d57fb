import Foundation
import Testing

@testable import Platform

@Suite struct BlockingWorkerTests {
  /// The results of jobs, from any thread.
  final class Notes: @unchecked Sendable {
    private let lock = NSLock()
    private var notes: [String] = []

    func add(_ note: String) { lock.withLock { notes.append(note) } }

    var all: [String] { lock.withLock { notes } }
  }

  /// Waits until the worker's descriptor is readable, as a loop would.
  private func awaitReport(of worker: BlockingWorker, milliseconds: Int32 = 5000) -> Bool {
    var waiting = pollfd(fd: worker.number, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0
  }

  @Test func doesJobsInOrderElsewhereAndReportsHere() throws {
    let worker = try BlockingWorker()
    let notes = Notes()
    let here = pthread_self()
    var completed: [Int] = []
    for job in 0..<100 {
      try worker.submit(
        { () throws(SystemError) in
          notes.add(pthread_equal(pthread_self(), here) == 0 ? "\(job)" : "on the loop's thread")
        },
        then: { error in
          #expect(error == nil)
          #expect(pthread_equal(pthread_self(), here) != 0)
          completed.append(job)
        })
    }
    #expect(completed.isEmpty)
    while completed.count < 100 {
      try #require(awaitReport(of: worker))
      worker.deliver()
    }
    #expect(completed == Array(0..<100))
    #expect(notes.all == (0..<100).map { "\($0)" })
    worker.deliver()
    #expect(!awaitReport(of: worker, milliseconds: 0))
  }

  @Test func reportsErrors() throws {
    let worker = try BlockingWorker()
    var codes: [Int32] = []
    try worker.submit(
      { () throws(SystemError) in throw SystemError("fdatasync", code: EIO) },
      then: { codes.append($0?.code ?? 0) })
    try worker.submit({ () throws(SystemError) in }, then: { codes.append($0?.code ?? 0) })
    worker.close()
    #expect(codes == [EIO, 0])
  }

  /// The loop continues while a job blocks; closing waits for the job.
  @Test func doesNotHoldUpTheLoop() throws {
    let worker = try BlockingWorker()
    let gate = makePipe()
    let reading = gate.reading
    var isDone = false
    try worker.submit(
      { () throws(SystemError) in
        var byte: UInt8 = 0
        _ = read(reading, &byte, 1)
      }, then: { _ in isDone = true })
    #expect(!awaitReport(of: worker, milliseconds: 20))
    worker.deliver()
    #expect(!isDone)
    close(gate.writing)
    worker.close()
    #expect(isDone)
    close(gate.reading)
  }

  /// A completion may submit the next job, even one that closing delivers.
  @Test func takesJobsFromCompletions() throws {
    let worker = try BlockingWorker()
    var completed: [Int] = []
    try worker.submit({ () throws(SystemError) in }) { _ in
      completed.append(1)
      do throws(SystemError) {
        try worker.submit({ () throws(SystemError) in }, then: { _ in completed.append(2) })
      } catch {
        Issue.record("\(error.call)")
      }
    }
    worker.close()
    #expect(completed == [1, 2])
  }
}
