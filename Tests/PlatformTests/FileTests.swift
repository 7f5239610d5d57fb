import Foundation
import Testing
import TestSupport

@testable import Platform

@Suite struct FileTests {
  /// Sizes around the limit and around the size of one read.
  @Test(arguments: [
    (size: 0, limit: 0), (0, 10), (1, 0), (10, 10), (11, 10), (16384, 16384), (16385, 16384),
    (16385, 20000), (100_000, 100_000), (100_001, 100_000),
  ])
  func readsUpToTheLimit(size: Int, limit: Int) throws {
    let folder = try TemporaryFolder()
    let contents = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = bytes(try folder.write(contents, to: "file"))
    if size <= limit {
      #expect(try File.read(path, limit: limit) == contents)
    } else {
      let error = #expect(throws: SystemError.self) { _ = try File.read(path, limit: limit) }
      #expect(error?.code == EFBIG)
    }
  }

  @Test func saysWhatIsWrong() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: SystemError.self) {
      _ = try File.read(bytes(folder.file("missing")), limit: 10)
    }
    #expect(missing?.isNotFound == true)
    #expect(missing?.reason == "No such file or directory")
    let directory = #expect(throws: SystemError.self) {
      _ = try File.read(bytes(folder.path), limit: 10)
    }
    #expect(directory?.code == EISDIR)
    #expect(directory?.isNotFound == false)
  }

  @Test func tellsWhatExists() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([], to: "file")
    #expect(File.exists(bytes(path)))
    #expect(File.exists(bytes(folder.path)))
    #expect(!File.exists(bytes(folder.file("missing"))))
  }

  /// A descriptor is closed when its value ends, and only then.
  @Test func closesWhatItOwns() throws {
    let pipe = makePipe()
    let reading = Descriptor(adopting: pipe.reading)
    do {
      let first = Descriptor(adopting: pipe.writing)
      let second = try Descriptor(duplicating: first.number)
      #expect(second.number != first.number)
      #expect(fcntl(second.number, F_GETFD) & FD_CLOEXEC != 0)
      try second.writeAll(bytes("both").span)
    }
    // It ends only because both writing ends are closed.
    #expect(text(drain(reading.number)) == "both")
    #expect(throws: SystemError.self) { _ = try Descriptor(duplicating: -1) }
  }
}
