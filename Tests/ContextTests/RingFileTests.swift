import Foundation
import Testing
import TestSupport

@testable import Context
@testable import Platform

/// The ring's file in use: its format, that it equals the ring, and the effects of errors.
@Suite(.seeded) struct RingFileTests {
  private static let evens = ["0", "2", "4", "6", "8"]
  private static let odds = ["1", "3", "5", "7", "9"]

  @Test(arguments: [4096, 8192, 10_007, 1 << 20])
  func isOfExactlyTheConfiguredSizeAndForItsOwnerAlone(byteCount: Int) throws {
    let folder = RingFolder()
    let opened = try folder.open(byteCount)
    #expect(opened.found == ["created"])
    var status = stat()
    #expect(stat(folder.ringPath, &status) == 0)
    #expect(Int(status.st_size) == byteCount)
    #expect(status.st_mode & 0o777 == 0o600)
    // No holes: a device that is full shows now.
    #expect(Int(status.st_blocks) * 512 >= byteCount)
    #expect(folder.names == ["context.ring"])
  }

  @Test func keepsConversations() throws {
    let folder = RingFolder()
    try folder.fill()
    let opened = try folder.open()
    #expect(opened.found == [])
    #expect(opened.said("c0") == Self.evens)
    #expect(opened.said("c1") == Self.odds)
    #expect(opened.file?.isFlushed == true)
  }

  /// After every change the file equals the memory, so that nothing is lost with the process.
  @Test func isWhatTheMemoryIs() throws {
    for seed in 0..<(isLongRun ? 200 : 4) as Range<UInt64> {
      let folder = RingFolder()
      var random = SeededGenerator(stream: seed)
      var opened = try folder.open(8192)
      for step in 0..<150 {
        let name = "c\(Int.random(in: 0..<5, using: &random))"
        switch Int.random(in: 0..<20, using: &random) {
        case 0: _ = opened.delete(name)
        case 1:
          // In two steps, because the file is locked.
          opened = try OpenedRing.open(
            Array("/dev/null/x".utf8), byteCount: 4096, key: TestRing.key)
          opened = try folder.open(8192)
          #expect(opened.found == [])
        default:
          let long = String(repeating: "y", count: Int.random(in: 0...700, using: &random))
          try opened.append(name, "\(step)" + long)
        }
        let isSame = opened.resident.contents == folder.contents
        #expect(isSame)
      }
    }
  }

  @Test func deletionLeavesNothingToRead() throws {
    let folder = RingFolder()
    let opened = try folder.open()
    for turn in 0..<6 { try opened.append(turn % 2 == 0 ? "secret-name" : "kept", "secret\(turn)") }
    for turn in 0..<3 { try opened.append("kept", "plain\(turn)") }
    #expect(Data(folder.contents).range(of: Data("secret4".utf8)) != nil)
    #expect(opened.delete("secret-name"))
    let left = Data(folder.contents)
    for text in ["secret-name", "secret0", "secret2", "secret4"] {
      #expect(left.range(of: Data(text.utf8)) == nil)
    }
    #expect(left.range(of: Data("secret1".utf8)) != nil)
  }

  @Test func isLockedAgainstOthers() throws {
    let folder = RingFolder()
    let first = try folder.open()
    func isLocked(_ path: String, _ byteCount: Int = 8192) -> Bool {
      do throws(RingFileError) {
        _ = try folder.open(byteCount, at: path)
        return false
      } catch {
        if case .locked = error { return true }
        return false
      }
    }
    symlink(folder.ringPath, folder.path + "/link")
    link(folder.ringPath, folder.path + "/other")
    for name in ["/context.ring", "/link", "/other"] {
      #expect(isLocked(folder.path + name))
      #expect(isLocked(folder.path + name, 16_384))
    }
    try first.append("c", "x")
    #expect(folder.names == ["context.ring", "link", "other"])
  }

  /// Also while one is being made, which has no name of its own yet.
  @Test func isLockedWhileItIsMade() throws {
    let folder = RingFolder()
    let aside = try StorageFile(Array((folder.ringPath + ".new").utf8), .create)
    #expect(try aside.lock())
    #expect(throws: RingFileError.self) { try folder.open() }
  }

  @Test func writesThroughALink() throws {
    let folder = RingFolder()
    let link = folder.path + "/link"
    try folder.fill()
    symlink("context.ring", link)
    var opened = try folder.open(16_384, at: link)
    try opened.append("c0", "more")
    opened = try OpenedRing.open(Array("/dev/null/x".utf8), byteCount: 4096, key: TestRing.key)
    #expect(folder.names == ["context.ring", "link"])
    #expect(try folder.open(16_384).said("c0") == Self.evens + ["more"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "context.ring")
  }

  /// What could not be written is written as soon as possible; what could not be flushed is written
  /// again.
  @Test func catchesUpAfterErrors() throws {
    let folder = RingFolder()
    let opened = try folder.open()
    let file = try #require(opened.file)
    try opened.append("c0", "0")
    #expect(file.fault == nil)
    let queue = SystemCalls.InjectionQueue([.failure(ENOSPC), .atMost(20), .failure(EIO)])
    try SystemCalls.$queue.withValue(queue) {
      try opened.append("c0", "2")
      try opened.append("c0", "4")
    }
    #expect(file.fault?.code == EIO)
    try opened.append("c0", "6")
    #expect(file.fault != nil)
    #expect(file.writeAgain(from: opened.resident.block))
    #expect(opened.resident.contents == folder.contents)

    try opened.append("c0", "8")
    file.beginFlush()
    try opened.append("c1", "1")
    file.endFlush(SystemError("fdatasync", code: EIO))
    // The kernel may have dropped it.
    folder.overwriteInPlace(with: [UInt8](repeating: 0, count: 200), at: 64)
    #expect(file.fault?.code == EIO)
    #expect(file.writeAgain(from: opened.resident.block))
    #expect(opened.resident.contents == folder.contents)
    #expect(!file.isFlushed)
    file.beginFlush()
    try file.flush()
    file.endFlush(nil)
    #expect(file.isFlushed)
  }

  /// Another process cuts the file off while it is in use: it has its length again after the next
  /// write.
  @Test func livesThroughTruncation() throws {
    let folder = RingFolder()
    let opened = try folder.open()
    for turn in 0..<10 { try opened.append("c", "\(turn)") }
    truncate(folder.ringPath, 0)
    #expect(opened.said("c").count == 10)
    for turn in 10..<200 { try opened.append("c", "\(turn)") }
    #expect(opened.file?.fault == nil)
    #expect(opened.said("c").last == "199")
  }
}

extension RingFolder {
  /// Changes the open file; `contents` replaces it by another.
  func overwriteInPlace(with bytes: [UInt8], at offset: Int) {
    let handle = FileHandle(forWritingAtPath: ringPath)!
    handle.seek(toFileOffset: UInt64(offset))
    handle.write(Data(bytes))
    handle.closeFile()
  }
}
