import Foundation
import Logging
@testable import Platform
import Storage
import Testing
import TestSupport

@Suite final class LearnedLimitsTests {
  private let folder: TemporaryFolder
  private let worker: BlockingWorker

  init() throws {
    folder = try TemporaryFolder()
    worker = try BlockingWorker()
  }

  private func limits() -> LearnedLimits {
    LearnedLimits(
      besideRing: bytes(folder.file("ring")), log: Log(level: .error, format: .text), worker: worker
    )
  }

  private func entry(_ id: String, limit: Int = 8192, ratio: Int = 4000) -> LearnedLimits.Entry {
    LearnedLimits.Entry(id: bytes(id), backend: 7, limit: limit, bytesPer1024Tokens: ratio)
  }

  private var written: String? {
    try? String(contentsOfFile: folder.file("ring.learned"), encoding: .utf8)
  }

  @Test func outliveTheProcess() throws {
    let first = limits()
    for id in ["gpt", "claude"] { first.note(entry(id)) }
    first.note(entry("gpt", limit: 4096))
    worker.close()
    #expect(written == "gpt 7 4096 4000\nclaude 7 8192 4000\n")
    let second = limits()
    #expect(second.entry(of: bytes("gpt"), backend: 7) == entry("gpt", limit: 4096))
    #expect(second.entry(of: bytes("gpt"), backend: 8) == nil)
    #expect(second.entry(of: bytes("other"), backend: 7) == nil)
  }

  /// A small change is not written, because writes wear flash.
  @Test func smallChangesAreNotWritten() throws {
    let limits = limits()
    limits.note(entry("gpt"))
    worker.close()
    try FileManager.default.removeItem(atPath: folder.file("ring.learned"))
    for ratio in [4001, 4500, 3500] { limits.note(entry("gpt", ratio: ratio)) }
    worker.close()
    #expect(written == nil)
    limits.note(entry("gpt", ratio: 4501))
    worker.close()
    #expect(written == "gpt 7 8192 4501\n")
  }

  @Test(arguments: [
    "", "\n\n", "gpt", "gpt 7 8192", "gpt 7 8192 4000 1", "gpt -7 8192 4000", "gpt 7 0 4000",
    "gpt 7 8192 0", "gpt 7 99999999999999999999 4000", "\u{0}\u{1}", "gpt a b c",
  ])
  func damageIsIgnored(text: String) throws {
    try (text + "\nclaude 7 8192 4000").write(
      toFile: folder.file("ring.learned"), atomically: true, encoding: .utf8)
    let limits = limits()
    #expect(limits.entry(of: bytes("gpt"), backend: 7) == nil)
    #expect(limits.entry(of: bytes("claude"), backend: 7) == entry("claude"))
  }

  @Test func aFileThatCannotBeWrittenIsTriedAgainLater() throws {
    let limits = LearnedLimits(
      besideRing: bytes(folder.file("missing/ring")), log: Log(level: .error, format: .text),
      worker: worker)
    limits.note(entry("gpt"))
    worker.close()
    try FileManager.default.createDirectory(
      atPath: folder.file("missing"), withIntermediateDirectories: false)
    limits.note(entry("gpt", limit: 4096))
    worker.close()
    #expect(
      try String(contentsOfFile: folder.file("missing/ring.learned"), encoding: .utf8)
        == "gpt 7 4096 4000\n")
  }
}
