import Foundation
import Testing
import TestSupport

@testable import Platform

@Suite struct StorageFileTests {
  private func contents(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? "?"
  }

  @Test func readsAndWritesAtOffsets() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("0123456789"), to: "file")
    let file = try StorageFile(bytes(path), .readWrite)
    try file.write(bytes("ab").span, at: 4)
    try file.flush()
    #expect(contents(path) == "0123ab6789")
    #expect(try file.size() == 10)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try file.read(into: buffer, at: 3) == 4)
    #expect(text(Array(buffer)) == "3ab6")
    #expect(try file.read(into: buffer, at: 10) == 0)
    try file.truncate()
    #expect(contents(path) == "")
  }

  @Test(
    arguments: [
      [.failure(EINTR), .atMost(1), .failure(EINTR), .atMost(2)], [.atMost(3), .atMost(1)],
    ] as [[SystemCalls.Injection]])
  func writesAllInAsManyCallsAsItTakes(injections: [SystemCalls.Injection]) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("0123456789"), to: "file")
    let file = try StorageFile(bytes(path), .readWrite)
    let queue = SystemCalls.InjectionQueue(injections)
    try SystemCalls.$queue.withValue(queue) { try file.write(bytes("abcdef").span, at: 2) }
    #expect(contents(path) == "01abcdef89")
    #expect(queue.injections.isEmpty)
  }

  /// Two openings, in two processes or in one, lock each other out; readers do not.
  @Test func locks() throws {
    let folder = try TemporaryFolder()
    let path = bytes(try folder.write([], to: "file"))
    do {
      let first = try StorageFile(path, .readWrite)
      let second = try StorageFile(path, .readWrite)
      #expect(try first.lock())
      #expect(try !second.lock())
      #expect(try !second.lock(isShared: true))
    }
    let first = try StorageFile(path, .read)
    let second = try StorageFile(path, .read)
    #expect(try first.lock(isShared: true))
    #expect(try second.lock(isShared: true))
  }

  @Test func knowsWhetherItIsStillThere() throws {
    let folder = try TemporaryFolder()
    let path = bytes(try folder.write([], to: "file"))
    let file = try StorageFile(path, .readWrite)
    #expect(try file.isAt(path))
    try File.rename(path, to: bytes(folder.file("other")))
    #expect(try !file.isAt(path))
    #expect(try file.isAt(bytes(folder.file("other"))))
    _ = try folder.write([], to: "file")
    #expect(try !file.isAt(path))
  }

  /// Opening a FIFO would wait for its other end.
  @Test func refusesWhatIsNoRegularFile() throws {
    let folder = try TemporaryFolder()
    let fifo = folder.file("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    symlink(folder.file("nothing"), folder.file("link"))
    func code(_ path: String, _ access: StorageFile.Access) -> Int32 {
      do throws(SystemError) {
        _ = try StorageFile(bytes(path), access)
        return 0
      } catch {
        return error.code
      }
    }
    #expect(code(fifo, .readWrite) == EINVAL)
    #expect(code(folder.path, .readWrite) == EISDIR)
    #expect(code(folder.path, .read) == EINVAL)
    #expect(code(folder.file("nothing"), .readWrite) == ENOENT)
    #expect(code(folder.file("link"), .create) == ELOOP)
    #expect(File.isSymbolicLink(bytes(folder.file("link"))))
    #expect(!File.isSymbolicLink(bytes(fifo)))
  }

  @Test func takesOverModeAndCreatesForTheOwnerAlone() throws {
    let folder = try TemporaryFolder()
    func mode(_ name: String) -> Int? {
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.file(name))
      return attributes?[.posixPermissions] as? Int
    }
    let new = try StorageFile(bytes(folder.file("new")), .create)
    #expect(mode("new") == 0o600)
    chmod(try folder.write([], to: "old"), 0o640)
    new.adopt(try StorageFile(bytes(folder.file("old")), .read).attributes())
    #expect(mode("new") == 0o640)
  }

  @Test func resolvesLinks() throws {
    let folder = try TemporaryFolder()
    let path = File.resolve(bytes(try folder.write([], to: "file")))
    symlink("file", folder.file("link"))
    #expect(File.resolve(bytes(folder.file("link"))) == path)
    #expect(File.resolve(bytes("/nothing/here")) == bytes("/nothing/here"))
  }

  @Test func flushesFolders() throws {
    let folder = try TemporaryFolder()
    try File.flushFolder(of: bytes(try folder.write([], to: "file")))
    try File.flushFolder(of: bytes("/file"))
    try File.flushFolder(of: bytes("file"))
    #expect(throws: SystemError.self) { try File.flushFolder(of: bytes("/nothing/here")) }
  }
}
