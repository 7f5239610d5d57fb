import Foundation
import Testing
import TestSupport

@testable import Platform

@Suite struct FileReplacementTests {
  private let old = bytes("old text\n")
  private let new = bytes("the new text\n")

  private func snapshot(_ path: String) throws -> FileSnapshot {
    try FileSnapshot(of: bytes(path), limit: 1 << 20)
  }

  private func contents(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) }
  }

  @Test func replacesAFileAndLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let outcome = try FileReplacement.replace(snapshot(path), with: new)
    #expect(contents(path) == new)
    #expect(try folder.names == ["file"])
    #expect(outcome == .replaced(try #require(FileIdentity(at: bytes(path)))))
    #expect(try snapshot(path).identity == FileIdentity(at: bytes(path)))
  }

  @Test(arguments: [0o600, 0o644, 0o640, 0o2755, 0o4711])
  func keepsModeOwnerAndAttributes(mode: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let value = bytes("value")
    let hasAttributes = setAttribute("user.postern", value, of: path)
    // Fails without the permission, and then there is nothing to keep.
    _ = chown(path, 12, 34)
    #expect(chmod(path, mode_t(mode)) == 0)
    var before = stat()
    var after = stat()
    #expect(stat(path, &before) == 0)
    guard case .replaced = try FileReplacement.replace(snapshot(path), with: new) else {
      Issue.record("no other process has the file")
      return
    }
    #expect(stat(path, &after) == 0)
    #expect(before.st_ino != after.st_ino)
    #expect(before.st_mode == after.st_mode && Int(after.st_mode) & 0o7777 == mode)
    #expect(before.st_uid == after.st_uid && before.st_gid == after.st_gid)
    if hasAttributes { #expect(attribute("user.postern", of: path) == value) }
  }

  @Test func keepsAccessControlLists() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    // Version 2; user::rw-, user:12:r--, group::r--, mask::r--, other::---
    let entries: [(tag: UInt16, permissions: UInt16, id: UInt32)] = [
      (1, 6, .max), (2, 4, 12), (4, 4, .max), (16, 4, .max), (32, 0, .max),
    ]
    var list: [UInt8] = [2, 0, 0, 0]
    for entry in entries {
      withUnsafeBytes(of: entry.tag.littleEndian) { list += $0 }
      withUnsafeBytes(of: entry.permissions.littleEndian) { list += $0 }
      withUnsafeBytes(of: entry.id.littleEndian) { list += $0 }
    }
    guard setAttribute("system.posix_acl_access", list, of: path) else { return }
    _ = try FileReplacement.replace(snapshot(path), with: new)
    #expect(attribute("system.posix_acl_access", of: path) == list)
    #expect(contents(path) == new)
  }

  @Test func writesThroughSymbolicLinks() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write(old, to: "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("middle"), withDestinationPath: "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("middle"))
    _ = try FileReplacement.replace(snapshot(folder.file("link")), with: new)
    #expect(contents(target) == new)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
        == folder.file("middle"))
    #expect(try folder.names == ["link", "middle", "target"])
  }

  // MARK: Others

  /// What another process does between the reading and the replacing.
  @Test(arguments: ["in place", "by rename", "remove", "move", "link", "mode", "append"])
  func leavesAloneWhatOthersChanged(way: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let read = try snapshot(path)
    let others = bytes("others\n")
    switch way {
    case "in place": try Data(others).write(to: URL(fileURLWithPath: path))
    case "by rename": try Data(others).write(to: URL(fileURLWithPath: path), options: .atomic)
    case "remove": try FileManager.default.removeItem(atPath: path)
    case "move": try FileManager.default.moveItem(atPath: path, toPath: folder.file("file~"))
    case "link":
      try FileManager.default.moveItem(atPath: path, toPath: folder.file("other"))
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "other")
    case "mode": #expect(chmod(path, 0o600) == 0)
    default:
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      handle.write(Data(others))
    }
    let state = contents(path)
    let there = try folder.names
    #expect(try FileReplacement.replace(read, with: new) == .raced)
    #expect(contents(path) == state)
    #expect(try folder.names == there)
  }

  /// A process that has the file open and has not written yet would write to the file that is gone.
  @Test func leavesAloneWhatSomebodyIsAboutToWrite() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    #expect(try FileReplacement.replace(snapshot(path), with: new) == .raced)
    handle.write(Data(bytes("theirs")))
    try handle.close()
    #expect(contents(path) == bytes("theirsxt\n"))
    guard case .replaced = try FileReplacement.replace(snapshot(path), with: new) else {
      Issue.record("no process has it open any more")
      return
    }
    #expect(contents(path) == new)
  }

  @Test func takesTurnsWithOtherProcesses() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let locked = open(folder.path, O_RDONLY)
    defer { close(locked) }
    #expect(flock(locked, LOCK_EX) == 0)
    #expect(try FileReplacement.replace(snapshot(path), with: new) == .raced)
    #expect(contents(path) == old)
  }

  // MARK: Failures

  /// Each call fails once, in several ways: the file is old or new, and whole. `cleanUp` removes
  /// everything else.
  @Test(arguments: [EIO, ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EINTR, ENOENT])
  func survivesFailures(code: Int32) throws {
    var calls = 0
    while calls < 100 {
      let folder = try TemporaryFolder()
      let path = try folder.write(old, to: "file")
      let read = try snapshot(path)
      let queue = SystemCalls.InjectionQueue(
        Array(repeating: .atMost(5), count: calls) + [.failure(code)])
      var outcome: FileReplacement.Outcome?
      var error: SystemError?
      do {
        outcome = try SystemCalls.$queue.withValue(queue) {
          try FileReplacement.replace(read, with: new)
        }
      } catch let thrown as SystemError {
        error = thrown
      }
      let state = try #require(contents(path))
      #expect(state == old || state == new, "call \(calls)")
      if case .replaced = outcome { #expect(state == new, "call \(calls)") }
      if outcome == .raced { #expect(state == old, "call \(calls)") }
      if let error, state == new { #expect("\(error.call)" == "fsync") }
      #expect(try FileReplacement.cleanUp(after: bytes(path)) == .none)
      #expect(try folder.names == ["file"], "call \(calls)")
      #expect(contents(path) == state)
      if !queue.injections.isEmpty { break }
      calls += 1
    }
    #expect(calls > 15 && calls < 100)
  }

  @Test func doesWithoutExchanging() throws {
    for code in [EINVAL, ENOSYS] {
      let folder = try TemporaryFolder()
      let path = try folder.write(old, to: "file")
      let read = try snapshot(path)
      let count = try callsBeforeExchange(folder)
      let queue = SystemCalls.InjectionQueue(
        Array(repeating: .atMost(.max), count: count) + [.failure(code)])
      let outcome = try SystemCalls.$queue.withValue(queue) {
        try FileReplacement.replace(read, with: new)
      }
      #expect(outcome == .replaced(try #require(FileIdentity(at: bytes(path)))))
      #expect(contents(path) == new)
      #expect(try folder.names.filter { $0 != "probe" } == ["file"])
    }
  }

  /// How many calls are made before the two files change places: the first failure with that name
  /// tells.
  private func callsBeforeExchange(_ folder: borrowing TemporaryFolder) throws -> Int {
    for count in 0..<100 {
      let path = try folder.write(old, to: "probe")
      let read = try snapshot(path)
      let queue = SystemCalls.InjectionQueue(
        Array(repeating: .atMost(.max), count: count) + [.failure(EIO)])
      do {
        _ = try SystemCalls.$queue.withValue(queue) { try FileReplacement.replace(read, with: new) }
      } catch let error as SystemError where "\(error.call)" == "renameat2" {
        return count
      } catch {}
    }
    return -1
  }

  // MARK: Cleaning up

  private func nameOfNew(_ inode: UInt64, _ old: [UInt8], _ new: [UInt8]) -> String {
    text(
      NewFile.name(beside: bytes("file"), inode: inode) + NewFile.suffix(old) + NewFile.suffix(new))
  }

  /// A negative number would make two dashes in a row, and the name would not be read again.
  @Test func namesInodesOfAnySize() {
    let name = text(NewFile.name(beside: bytes("file"), inode: .max))
    #expect(name == ".file.postern-\(Int.max)")
  }

  @Test func cleansUpWhatACrashLeft() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(old, to: "file")
    let identity = try snapshot(path).identity
    _ = try folder.write(bytes("half"), to: ".file.postern")
    // Complete, and not in place yet: its name has its inode.
    let complete = try folder.write(new, to: "x")
    let inode = try #require(FileIdentity(at: bytes(complete))).inode
    let name = nameOfNew(inode, old, new)
    #expect(rename(complete, folder.file(name)) == 0)
    // The result of an exchange: its name has the hash of its text.
    let gone = nameOfNew(1, bytes("older"), old)
    _ = try folder.write(bytes("older"), to: gone)
    // Of another file, or of an unknown owner.
    _ = try folder.write(old, to: ".file2.postern")
    _ = try folder.write(old, to: ".file.swp")
    _ = try folder.write(old, to: ".file.postern-own")
    #expect(try FileReplacement.cleanUp(after: bytes(path)) == .none)
    #expect(try folder.names == [".file.postern-own", ".file.swp", ".file2.postern", "file"])
    #expect(try snapshot(path).identity == identity)
  }

  @Test func restoresWhatACrashKeptFromBeingPutBack() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(new, to: "file")
    let inode = try #require(FileIdentity(at: bytes(path))).inode
    _ = try folder.write(bytes("others"), to: nameOfNew(inode, old, new))
    #expect(try FileReplacement.cleanUp(after: bytes(path)) == .restored)
    #expect(contents(path) == bytes("others"))
    #expect(try folder.names == ["file"])
  }

  @Test func keepsWhatOnlyPeopleCanDecide() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("later"), to: "file")
    let kept = try folder.write(bytes("others"), to: nameOfNew(1, old, new))
    #expect(try FileReplacement.cleanUp(after: bytes(path)) == .kept(path: bytes(kept)))
    #expect(contents(path) == bytes("later"))
    #expect(contents(kept) == bytes("others"))
  }
}
