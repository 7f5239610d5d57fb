internal import CLinux

/// Which file it is, and when it last changed; stat(2).
///
/// Two equal values mean the same contents, mode and owner, except for changes within one tick of
/// the file system's clock.
public struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  let inode: UInt64
  private let size: Int64
  private let modified: Int64
  private let changed: Int64

  /// Whether the file has no bytes.
  public var isEmpty: Bool { size == 0 }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }

  /// The file that a path leads to now, through symbolic links; `nil` if stat(2) fails.
  public init?(at path: [UInt8]) {
    var status = stat()
    guard withPath(path, { stat($0, &status) }) == 0 else { return nil }
    self.init(status)
  }
}
