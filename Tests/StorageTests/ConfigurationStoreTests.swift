import Configuration
import Foundation
import Platform
import Testing
import TestSupport

@testable import Storage

@Suite struct ConfigurationStoreTests {
  /// `POSTERN_SAVES` gives another number.
  private static let count =
    ProcessInfo.processInfo.environment["POSTERN_SAVES"].flatMap { Int($0) } ?? 100

  private static var sources: ConfigurationSources {
    ConfigurationSources(
      environment: { _ in nil }, file: { _, _ in .unreadable(reason: Array("none".utf8)) })
  }

  private static func save(_ window: Int, to path: String) throws -> ConfigurationStore.Saved {
    let change = ConfigurationChange.set(
      SectionName(.bot, Array("a".utf8)), key: Array("window".utf8),
      value: Array("\(window)".utf8))
    return try ConfigurationStore.save([change], to: Array(path.utf8), from: sources)
  }

  @Test func savesAndReports() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("# mine\n[bot a]\nwindow = 3\n"), to: "conf")
    let saved = try Self.save(7, to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "# mine\n[bot a]\nwindow = 7\n")
    #expect(saved.report.configuration?.bots[0].window == 7)
    #expect(saved.identity == FileIdentity(at: Array(path.utf8)))
    // Without a change nothing is written.
    #expect(try Self.save(7, to: path).identity == saved.identity)
  }

  @Test func saysWhyItCannot() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("[bot a]\nwindow = x\n"), to: "conf")
    #expect {
      try Self.save(7, to: path)
    } throws: { error in
      guard case ConfigurationStore.Failure.edit(.invalidFile(let findings)) = error else {
        return false
      }
      return findings.map(\.line) == [2]
    }
    #expect {
      try Self.save(7, to: path + "/no/such")
    } throws: { error in
      if case ConfigurationStore.Failure.unreadable = error { true } else { false }
    }
    try FileManager.default.removeItem(atPath: path)
    #expect {
      try Self.save(7, to: path)
    } throws: { error in
      if case ConfigurationStore.Failure.unreadable = error { true } else { false }
    }
  }

  /// An administrator saves at the same time, in all ways: no text of theirs is ever lost, and no
  /// save of the gateway that came after their last one.
  @Test func losesNothingThatAnAdministratorSaves() throws {
    // In memory: hundreds of saves would wait for a disk.
    let folder = try TemporaryFolder(inMemory: true)
    let path = try folder.write(bytes("[bot a]\nwindow = 1\n"), to: "conf")
    let count = Self.count
    let finished = DispatchSemaphore(value: 0)
    let isDone = Flag()
    let thread = Thread {
      for round in 1...count {
        let text = "# administrator \(round)\n[bot a]\nwindow = \(round % 200 + 1)\n"
        AdministratorSave.allCases[round % AdministratorSave.allCases.count].save(text, to: path)
        usleep(UInt32.random(in: 0...2000))
      }
      isDone.set()
      finished.signal()
    }
    thread.start()
    var saves = 0
    var seen = 0
    while !isDone.isSet {
      _ = try? Self.save(saves % 200 + 1, to: path)
      saves += 1
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        text.hasPrefix("# administrator "),
        let round = Int(text.dropFirst(16).prefix { $0.isNumber }), text.hasSuffix("\n")
      else { continue }
      #expect(round >= seen)
      seen = round
    }
    finished.wait()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8).hasPrefix("# administrator \(count)\n"))
    _ = try Self.save(123, to: path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "# administrator \(count)\n[bot a]\nwindow = 123\n")
    #expect(try folder.names == ["conf"])
    #expect(saves > 0)
  }
}

private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }

  func set() { lock.withLock { value = true } }
}

/// How editors and tools save.
private enum AdministratorSave: CaseIterable {
  case inPlace, byRename, movedAway, slowly

  func save(_ text: String, to path: String) {
    switch self {
    case .inPlace: write(text, path)
    case .byRename:
      write(text, path + ".new")
      rename(path + ".new", path)
    case .movedAway:
      rename(path, path + "~")
      write(text, path)
      unlink(path + "~")
    case .slowly:
      let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      let bytes = Array(text.utf8)
      for part in [bytes[..<5], bytes[5...]] {
        _ = part.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
        usleep(500)
      }
      close(number)
    }
  }

  private func write(_ text: String, _ path: String) {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
    close(number)
  }
}
