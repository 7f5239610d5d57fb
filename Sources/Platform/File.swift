internal import CLinux
import Bytes

/// Reading files whole.
public enum File {
  /// Reads a file. One with more than `limit` bytes is refused with EFBIG: nothing is ever cut.
  public static func read(_ path: [UInt8], limit: Int) throws(SystemError) -> [UInt8] {
    let number = withPath(path) { clinux_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard number >= 0 else { throw SystemError("open") }
    return try Descriptor(adopting: number).readToEnd(limit: limit)
  }

  /// Reads standard input to its end, under the same limit.
  public static func readStandardInput(limit: Int) throws(SystemError) -> [UInt8] {
    try Descriptor(duplicating: STDIN_FILENO).readToEnd(limit: limit)
  }

  /// Whether there is anything at a path, whatever it is.
  public static func exists(_ path: [UInt8]) -> Bool {
    withPath(path) { access($0, F_OK) } == 0
  }

  /// Whether there is nothing at a path, not even a link that leads nowhere. Where the system does not tell, there may
  /// be something: whoever opens it hears what is in the way.
  public static func isAbsent(_ path: [UInt8]) -> Bool {
    var status = stat()
    return withPath(path) { lstat($0, &status) } != 0
      && (clinux_errno() == ENOENT || clinux_errno() == ENOTDIR)
  }
}

/// Lends a path to a call that wants it ended by NUL. A path with a NUL inside names another file than was
/// meant, so callers refuse those before.
func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  precondition(!path.contains(0))
  return path.withCString(body)
}
