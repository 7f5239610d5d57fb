internal import CLinux
import Bytes

/// Files by their paths. Paths have no NUL; one with a NUL is a bug.
public enum File {
  /// Reads a whole file. Throws EFBIG if it has more than `limit` bytes. Blocks.
  public static func read(_ path: [UInt8], limit: Int) throws(SystemError) -> [UInt8] {
    let number = withPath(path) { clinux_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard number >= 0 else { throw SystemError("open") }
    return try Descriptor(adopting: number).readToEnd(limit: limit)
  }

  /// Reads standard input to its end. Throws EFBIG if it has more than `limit` bytes. Blocks.
  public static func readStandardInput(limit: Int) throws(SystemError) -> [UInt8] {
    try Descriptor(duplicating: STDIN_FILENO).readToEnd(limit: limit)
  }

  /// Whether a path leads to a file, a folder or anything else; access(2).
  public static func exists(_ path: [UInt8]) -> Bool {
    withPath(path) { access($0, F_OK) } == 0
  }

  /// Whether every user of the host may read the file that a path leads to, as its mode has it; stat(2).
  public static func isReadableByAll(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && status.st_mode & 0o004 != 0
  }

  /// Whether a path leads to a Unix socket; stat(2).
  public static func isSocket(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && clinux_is_socket(status.st_mode)
  }

  /// Whether a path leads to nothing, not even to a broken symbolic link; lstat(2).
  ///
  /// `false` if the system does not tell: opening the path then throws the reason.
  public static func isAbsent(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { lstat($0, &status) } != 0
      && (clinux_errno() == ENOENT || clinux_errno() == ENOTDIR)
  }
}

/// Lends a path, with a NUL at its end, to a system call.
///
/// A NUL inside would name another file, so callers refuse such a path first.
func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  precondition(!path.contains(0))
  return path.withCString(body)
}
