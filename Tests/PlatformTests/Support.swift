import Bytes
import Foundation

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func ip(_ text: String) -> IPAddress { IPAddress(text: bytes(text).span)! }

/// A folder of one test's own, removed at its end.
struct TemporaryFolder: ~Copyable {
  let path: String

  /// A folder on disk or, for tests that write a great deal, in memory where the system has a place for that.
  init(inMemory: Bool = false) throws {
    let isThere = inMemory && FileManager.default.fileExists(atPath: "/dev/shm")
    path = (isThere ? "/dev/shm/" : NSTemporaryDirectory()) + "postern-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of something in it.
  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file in it; returns its path.
  func write(_ contents: [UInt8], to name: String) throws -> String {
    try Data(contents).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }
}

/// A pipe whose ends the caller closes, or hands to somebody who does.
func makePipe() -> (reading: Int32, writing: Int32) {
  var ends: [Int32] = [-1, -1]
  precondition(pipe(&ends) == 0)
  return (ends[0], ends[1])
}

/// All that comes from a descriptor until its end.
func drain(_ descriptor: Int32) -> [UInt8] {
  FileHandle(fileDescriptor: descriptor).readDataToEndOfFile().map { $0 }
}
