import Configuration
import EventLoop
import Foundation
import Logging
import Platform
import TestSupport
import Testing

@testable import Storage

/// Which of a file's changes apply, and when, by a clock that the test moves.
@Suite struct ReloadTests {
  /// A file that is watched, and what was applied of it.
  private final class Bench {
    let folder = NSTemporaryDirectory() + "postern-reload-" + UUID().uuidString
    let clock = FakeClock()
    let loop: EventLoop
    let log = Log(level: .error, format: .text)
    let reload: Reload
    private(set) var windows: [Int] = []
    private(set) var faults: [[String]] = []
    var path: String { folder + "/conf" }

    init(
      _ text: String = Bench.text(1),
      files: @escaping ([UInt8]) -> ConfigurationSources.File = { _ in .unreadable(reason: []) }
    ) throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let path = folder + "/conf"
      try Data(bytes(text)).write(to: URL(fileURLWithPath: path))
      let clock = clock
      loop = try EventLoop(clock: { clock.now })
      let sources = ConfigurationSources(
        environment: { _ in nil }, file: { path, _ in files(path) })
      let report = Configuration.load(bytes(text), from: sources)
      reload = Reload(
        of: bytes(path), FileIdentity(at: bytes(path)), naming: report.files, from: sources,
        applied: try #require(report.configuration), log: log, loop: loop)
      reload.onValid = { [unowned self] in windows.append($0.bots[0].window) }
      reload.onFaults = { [unowned self] in faults.append($0.map { TestSupport.text($0) }) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func text(_ window: Int) -> String { "[bot a]\nwindow = \(window)\n" }

    func write(_ text: String) throws {
      try Data(bytes(text)).write(to: URL(fileURLWithPath: path))
    }

    /// Lets the loop see what has happened, and then time pass.
    func pass(milliseconds: Int) throws {
      try loop.turn(waitingAtMost: .milliseconds(20))
      clock.advance(.milliseconds(milliseconds))
      try loop.turn(waitingAtMost: .milliseconds(0))
    }
  }

  @Test func appliesAFileThatHasBeenQuiet() throws {
    let bench = try Bench()
    bench.reload.watch()
    try bench.write(Bench.text(2))
    try bench.pass(milliseconds: 90)
    #expect(bench.windows == [])
    try bench.pass(milliseconds: 10)
    #expect(bench.windows == [2])
    #expect(bench.faults == [[]])
  }

  /// A file that changes all the time is read once a second nevertheless.
  @Test func doesNotWaitForEver() throws {
    let bench = try Bench()
    bench.reload.watch()
    for window in 2...30 where bench.windows.isEmpty {
      try bench.write(Bench.text(window))
      try bench.pass(milliseconds: 60)
    }
    #expect(bench.windows.count == 1)
  }

  @Test func keepsTheConfigurationWhereTheFileIsInvalid() throws {
    let bench = try Bench()
    try bench.write("[bot a]\nwindow = x\n")
    bench.reload.begin()
    #expect(bench.windows == [])
    #expect(bench.faults.last?.first?.hasPrefix(bench.path + ":2: ") == true)
    try FileManager.default.removeItem(atPath: bench.path)
    bench.reload.begin()
    #expect(bench.faults.last?.count == 1)
    try bench.write(Bench.text(3))
    bench.reload.begin()
    #expect(bench.windows == [3])
    #expect(bench.faults.last == [])
  }

  /// SIGHUP loads the same file again, because what it refers to may have changed; a touched file alone is not loaded.
  @Test func loadsTheSameFileOnlyWhenAsked() throws {
    let bench = try Bench()
    bench.reload.begin()
    bench.reload.begin()
    #expect(bench.windows == [1, 1])
  }

  @Test func appliesWhatPosternHasSaved() throws {
    let bench = try Bench()
    let saved = try ConfigurationStore.save(
      [.set(SectionName(.bot, bytes("a")), key: bytes("window"), value: bytes("5"))],
      to: bytes(bench.path),
      from: ConfigurationSources(
        environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) }))
    bench.reload.adopt(saved)
    #expect(bench.windows == [5])
    // Another process has saved since: its file applies.
    try bench.write(Bench.text(6))
    bench.reload.adopt(saved)
    #expect(bench.windows == [5, 6])
  }

  /// A file that the configuration names, in which `broken` is an error.
  private final class Prompt {
    let path = NSTemporaryDirectory() + "postern-prompt-" + UUID().uuidString
    init(_ text: String) throws { try write(text) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String) throws {
      try Data(bytes(text)).write(to: URL(fileURLWithPath: path))
    }

    func bench() throws -> Bench {
      try Bench(Bench.text(1) + "system_file = \(path)\n") { path in
        let text = (try? Data(contentsOf: URL(fileURLWithPath: TestSupport.text(path)))) ?? Data()
        return text == Data(bytes("broken"))
          ? .unreadable(reason: bytes("broken")) : .contents([UInt8](text))
      }
    }
  }

  @Test func appliesAChangeOfAFileThatItNames() throws {
    let prompt = try Prompt("one")
    let bench = try prompt.bench()
    bench.reload.watch()
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [])
    try prompt.write("two")
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [1])
    // The same text again.
    try prompt.write("two")
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [1])
  }

  /// A change between the reading at the start and the first watch.
  @Test func noticesAChangeFromBeforeTheWatch() throws {
    let prompt = try Prompt("one")
    let bench = try prompt.bench()
    try prompt.write("two")
    bench.reload.watch()
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [1])
  }

  @Test func waitsForTheRestOfAChange() throws {
    let prompt = try Prompt("one")
    let bench = try prompt.bench()
    bench.reload.watch()
    try bench.pass(milliseconds: 100)
    try prompt.write("broken")
    try bench.pass(milliseconds: 100)
    try bench.pass(milliseconds: 500)
    #expect(bench.faults == [])
    try prompt.write("two")
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [1] && bench.faults == [[]])
    try prompt.write("broken")
    try bench.pass(milliseconds: 100)
    try bench.pass(milliseconds: 1000)
    #expect(bench.faults.last?.count == 1)
    // The fault stays reported until it is mended.
    try prompt.write("two")
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [1, 1] && bench.faults.last == [])
  }

  /// An editor that moves the file away has a second to write it again.
  @Test func waitsForAFileThatHasBeenMovedAway() throws {
    let bench = try Bench()
    bench.reload.watch()
    try FileManager.default.removeItem(atPath: bench.path)
    try bench.pass(milliseconds: 100)
    try bench.pass(milliseconds: 500)
    #expect(bench.faults == [])
    try bench.write(Bench.text(2))
    try bench.pass(milliseconds: 100)
    #expect(bench.windows == [2] && bench.faults == [[]])
    try FileManager.default.removeItem(atPath: bench.path)
    for _ in 0..<12 { try bench.pass(milliseconds: 100) }
    #expect(bench.faults.last?.count == 1)
  }

  /// With its text a file would lose its keys; comments do not count. A file that had none before applies.
  @Test func refusesAFileThatHasLostItsText() throws {
    let bench = try Bench()
    for text in ["\r\n \t\n", "\u{FEFF}# [bot a]\n\n ; window = 1"] {
      try bench.write(text)
      for _ in 0..<2 {
        bench.reload.begin()
        #expect(bench.windows == [] && bench.faults.last?.count == 1)
      }
    }
    try bench.write("# Nothing on purpose.\n[bot a]\n")
    bench.reload.begin()
    #expect(bench.windows == [10] && bench.faults.last == [])
    for text in ["", "\n", "# Nothing yet.\n"] {
      let bare = try Bench(text)
      bare.reload.watch()
      #expect(bare.reload.isEmpty)
      try bare.write("# Still nothing.\n")
      bare.reload.begin()
      #expect(bare.windows == [10] && bare.faults == [[]])
    }
  }

  @Test func appliesNothingAfterItsEnd() throws {
    let bench = try Bench()
    bench.reload.end()
    try bench.write(Bench.text(2))
    bench.reload.begin()
    #expect(bench.windows == [] && bench.faults == [])
  }

  @Test func namesSettingsThatNeedARestart() throws {
    let settings = try ["", "[server]\nlisten = 127.0.0.1:1\n[context]\nmemory = 8M"].map {
      RestartSettings(try configuration($0))
    }
    #expect(settings[0].differences(from: settings[0]).isEmpty)
    #expect(
      settings[0].differences(from: settings[1]).map { "\($0)" }
        == ["[server] listen", "[context] memory"])
  }

  @Test func tellsEachCallerTheResult() throws {
    let bench = try Bench()
    var (results, told): ([ReloadResult], Int) = ([], 0)
    bench.reload.onResult = { _ in told += 1 }
    for text in ["[context]\nmemory = 8M", "[bot a]\nwindow = 0", "", Bench.text(3)] {
      try bench.write(text)
      bench.reload.begin { results.append($0) }
    }
    #expect(results.map { $0.isApplied } == [true, false, false, true])
    #expect(results.map { $0.findings.count } == [0, 1, 1, 0])
    #expect(results[1].findings[0].description.hasPrefix("\(bench.path):2: window: "))
    #expect(results[0].restartNeeded.map { "\($0)" } == ["[context] memory"])
    #expect(told == 4)
  }
}
