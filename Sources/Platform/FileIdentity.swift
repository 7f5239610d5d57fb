internal import CLinux

/// Which file it is and when it was last changed: two that are equal have the same contents, mode and owner, but for
/// changes within one tick of the file system's clock.
public struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  let inode: UInt64
  private let size: Int64
  private let modified: Int64
  private let changed: Int64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }

  /// What is at a path now, symbolic links followed; `nil` for nothing that can be found out. stat(2).
  public init?(at path: [UInt8]) {
    var status = stat()
    guard withPath(path, { stat($0, &status) }) == 0 else { return nil }
    self.init(status)
  }
}
