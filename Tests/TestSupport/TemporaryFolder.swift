import Foundation

/// A folder of one test's own, removed at the end of its lifetime.
public struct TemporaryFolder: ~Copyable {
  /// Absolute, without a slash at its end.
  public let path: String

  /// A folder on disk. With `inMemory` it is in memory, if the system has a place for that: for tests that write much.
  public init(inMemory: Bool = false) throws {
    let isThere = inMemory && FileManager.default.fileExists(atPath: "/dev/shm")
    path = (isThere ? "/dev/shm/" : NSTemporaryDirectory()) + "postern-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names in it, sorted.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file in it, and returns the file's path.
  @discardableResult
  public func write(_ contents: [UInt8], to name: String) throws -> String {
    try Data(contents).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// The contents of a file in it.
  public func contents(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }
}
