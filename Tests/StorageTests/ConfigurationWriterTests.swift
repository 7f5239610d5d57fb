import Configuration
import EventLoop
import Foundation
import Platform
import TestSupport
import Testing

@testable import Storage

@Suite struct ConfigurationWriterTests {
  /// What happened, in order.
  private final class Record {
    var events: [String] = []
  }

  private let loop: EventLoop
  private let worker: BlockingWorker
  private let record = Record()

  init() throws {
    loop = try EventLoop()
    let worker = try BlockingWorker()
    self.worker = worker
    _ = try loop.register(worker.number, for: .read) { _ in worker.deliver() }
  }

  @Test func appliesAFileBeforeItTellsTheCaller() throws {
    let folder = try TemporaryFolder(inMemory: true)
    let path = try folder.write(bytes("[bot a]\nwindow = 1\n"), to: "conf")
    try save(to: path) { _ in Self.change("2") }
    #expect(record.events == ["applied", "saved window 2"])
    #expect(text(try folder.contents(of: "conf")) == "[bot a]\nwindow = 2\n")
  }

  @Test func appliesNothingThatIsNotSaved() throws {
    let folder = try TemporaryFolder(inMemory: true)
    let path = try folder.write(bytes("[bot a]\nwindow = 1\n"), to: "conf")
    try save(to: path) { _ in nil }
    try save(to: path) { _ in Self.change("x") }
    try save(to: path + "/none") { _ in Self.change("2") }
    try FileManager.default.removeItem(atPath: path)
    try save(to: path) { _ in Self.change("2") }
    #expect(record.events == ["declined", "edit", "unreadable", "unreadable"])
  }

  /// The folder goes while a save is planned: nothing is written, and the caller is told.
  @Test func tellsThatTheFolderHasGone() throws {
    let folder = try TemporaryFolder(inMemory: true)
    let inner = folder.file("inner")
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let path = inner + "/conf"
    try Data(bytes("[bot a]\nwindow = 1\n")).write(to: URL(fileURLWithPath: path))
    try save(to: path) { _ in
      try? FileManager.default.removeItem(atPath: inner)
      return Self.change("2")
    }
    #expect(record.events == ["failed"])
  }

  private static func change(_ window: String) -> [ConfigurationChange] {
    [.set(SectionName(.bot, bytes("a")), key: bytes("window"), value: bytes(window))]
  }

  private func save(to path: String, _ plan: @escaping ConfigurationStore.Plan) throws {
    let record = record
    let writer = ConfigurationWriter(
      path: bytes(path),
      sources: ConfigurationSources(
        environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) }),
      worker: worker
    ) { _ in record.events.append("applied") }
    var isDone = false
    writer.save(plan) { result in
      isDone = true
      switch result {
      case .success(let saved):
        record.events.append("saved window \(saved.report.configuration?.bots[0].window ?? 0)")
      case .failure(.declined): record.events.append("declined")
      case .failure(.edit): record.events.append("edit")
      case .failure(.unreadable): record.events.append("unreadable")
      case .failure(.failed): record.events.append("failed")
      case .failure: record.events.append("another failure")
      }
    }
    for _ in 0..<5000 where !isDone { try loop.turn(waitingAtMost: .milliseconds(1)) }
    #expect(isDone)
  }
}
