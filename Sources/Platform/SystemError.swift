public import Bytes
internal import CLinux

/// A system call that failed.
public struct SystemError: Error {
  /// The call, such as `open`.
  public let call: StaticString
  /// `errno` after it; see errno(3).
  public let code: Int32

  /// An error of `call`, with `errno` as it stands.
  init(_ call: StaticString) {
    self.init(call, code: clinux_errno())
  }

  /// An error of `call` with a known number.
  public init(_ call: StaticString, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The system's own text for the error, such as `No such file or directory`.
  public var reason: Text {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      Text(cString: clinux_error_text(code, buffer.baseAddress!, buffer.count))
    }
  }

  /// Whether the named file, folder or socket does not exist (ENOENT).
  public var isNotFound: Bool { code == ENOENT }

  /// Whether it is the file system, or the file's permissions, that forbid writing (EROFS, EACCES, EPERM).
  public var isForbidden: Bool { code == EROFS || code == EACCES || code == EPERM }

  /// Whether the file system, or what its user may take of it, is full (ENOSPC, EDQUOT).
  public var isFull: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether a file has more bytes than are read of it (EFBIG).
  public var isTooLarge: Bool { code == EFBIG }
}
