import Foundation
import Testing
import TestSupport

@testable import Platform

/// Other processes, and crashes, at every step of a replacement.
@Suite struct FileReplacementRaceTests {
  private static let old = bytes("old text\n")
  private static let new = bytes("the new text\n")
  /// More than the number of calls.
  private static let steps = 30

  /// A way to save in two steps. Another process may do each of them at any time, in this order.
  private struct Save: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let first: @Sendable (String, [UInt8]) -> Void
    let second: @Sendable (String, [UInt8]) -> Void
  }

  /// Keeps a file open between the two steps of a save.
  private final class Opened: @unchecked Sendable {
    var number: Int32 = -1
  }

  private static func write(_ text: [UInt8], to path: String, _ flags: Int32) {
    let number = open(path, O_WRONLY | O_CREAT | flags, 0o644)
    _ = text.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
    close(number)
  }

  private static var saves: [Save] {
    let (opened, emptied) = (Opened(), Opened())
    return [
      Save(
        testDescription: "twice by rename",
        first: { path, text in
          write(bytes("first\n"), to: path + ".tmp", O_TRUNC)
          rename(path + ".tmp", path)
        },
        second: { path, text in
          write(text, to: path + ".tmp", O_TRUNC)
          rename(path + ".tmp", path)
        }),
      Save(
        testDescription: "twice in place",
        first: { path, text in write(bytes("first\n"), to: path, O_TRUNC) },
        second: { path, text in write(text, to: path, O_TRUNC) }),
      Save(
        testDescription: "moved away, then written",
        first: { path, text in rename(path, path + "~") },
        second: { path, text in
          write(text, to: path, O_TRUNC)
          unlink(path + "~")
        }),
      Save(
        testDescription: "opened, then written",
        first: { path, text in opened.number = open(path, O_WRONLY) },
        second: { path, text in
          _ = text.withUnsafeBytes { Foundation.write(opened.number, $0.baseAddress, $0.count) }
          ftruncate(opened.number, off_t(text.count))
          close(opened.number)
        }),
      Save(
        testDescription: "emptied, then written",
        first: { path, text in emptied.number = open(path, O_WRONLY | O_TRUNC) },
        second: { path, text in
          _ = text.withUnsafeBytes { Foundation.write(emptied.number, $0.baseAddress, $0.count) }
          close(emptied.number)
        }),
    ]
  }

  /// Runs a replacement while another process saves at two steps, and which dies at a third.
  private func replace(
    _ folder: borrowing TemporaryFolder, _ save: Save, _ text: [UInt8], at first: Int,
    and second: Int, dyingAt death: Int? = nil
  ) throws -> (outcome: FileReplacement.Outcome?, path: String) {
    let path = try folder.write(Self.old, to: "file")
    let read = try FileSnapshot(of: bytes(path), limit: 1000)
    var injections: [SystemCalls.Injection] = []
    for step in 0..<Self.steps {
      if step == first {
        injections.append(.after { save.first(path, text) })
      } else if step == second {
        injections.append(.after { save.second(path, text) })
      } else {
        injections.append(.atMost(.max))
      }
    }
    if let death {
      injections = injections.prefix(death) + Array(repeating: .failure(EIO), count: 2000)
    }
    let queue = SystemCalls.InjectionQueue(injections)
    let outcome = try? SystemCalls.$queue.withValue(queue) {
      try FileReplacement.replace(read, with: Self.new)
    }
    // Steps that have not happened yet happen afterwards.
    for case .after(let action) in queue.injections { action() }
    if death.map({ $0 <= first }) == true { save.first(path, text) }
    if death.map({ $0 <= second }) == true { save.second(path, text) }
    return (outcome, path)
  }

  @Test(arguments: Self.saves)
  private func nothingThatOthersSaveIsLost(save: Save) throws {
    let text = bytes("of another process\n")
    for first in 0..<Self.steps - 1 {
      for second in first + 1..<Self.steps {
        let folder = try TemporaryFolder(inMemory: true)
        let (outcome, path) = try replace(folder, save, text, at: first, and: second)
        try #require(outcome != nil, "saved at \(first) and \(second): no failure")
        let contents = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
        try #require(contents == text, "saved at \(first) and \(second)")
        let names = try folder.names
        try #require(names == ["file"], "saved at \(first) and \(second)")
      }
    }
  }

  /// The process dies at any step, after another process has saved: the saved text is there after
  /// the next start.
  @Test(arguments: Self.saves)
  private func nothingIsLostInACrash(save: Save) throws {
    let text = bytes("of another process\n")
    for first in 0..<25 {
      for death in first + 2..<30 {
        let folder = try TemporaryFolder(inMemory: true)
        let (_, path) = try replace(
          folder, save, text, at: first, and: first + 1, dyingAt: death)
        let remains = try FileReplacement.cleanUp(after: bytes(path))
        let names = try folder.names
        let texts = names.map { FileManager.default.contents(atPath: folder.file($0)) }
        if case .kept = remains {
          try #require(texts.contains(Data(text)), "saved at \(first), died at \(death)")
        } else {
          try #require(names == ["file"], "saved at \(first), died at \(death)")
          try #require(texts == [Data(text)], "saved at \(first), died at \(death)")
        }
      }
    }
  }

  /// Without another process, the file is old or new, and whole.
  @Test func aCrashLeavesOneOfTheTwo() throws {
    for death in 0..<Self.steps {
      let folder = try TemporaryFolder(inMemory: true)
      let path = try folder.write(Self.old, to: "file")
      let read = try FileSnapshot(of: bytes(path), limit: 1000)
      let queue = SystemCalls.InjectionQueue(
        Array(repeating: .atMost(3), count: death) + Array(repeating: .failure(EIO), count: 2000))
      let outcome = try? SystemCalls.$queue.withValue(queue) {
        try FileReplacement.replace(read, with: Self.new)
      }
      _ = try FileReplacement.cleanUp(after: bytes(path))
      let contents = FileManager.default.contents(atPath: path).map { [UInt8]($0) }
      #expect(contents == Self.old || contents == Self.new, "died at \(death)")
      if outcome != nil { #expect(contents == Self.new, "died at \(death)") }
      #expect(try folder.names == ["file"])
    }
  }
}
