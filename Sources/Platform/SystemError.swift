public import Bytes
internal import CLinux

/// A system call that failed.
public struct SystemError: Error {
  /// The name of the call, such as `open`.
  public let call: StaticString
  /// The error number; errno(3).
  public let code: Int32

  /// An error of `call`, with the current `errno`.
  init(_ call: StaticString) {
    self.init(call, code: clinux_errno())
  }

  /// An error of `call` with a given error number.
  public init(_ call: StaticString, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The system's text for the error, such as `No such file or directory`; strerror(3).
  public var reason: Text {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      Text(cString: clinux_error_text(code, buffer.baseAddress!, buffer.count))
    }
  }

  /// Whether the named file, folder or socket does not exist (ENOENT).
  public var isNotFound: Bool { code == ENOENT }

  /// Whether permissions or the file system forbid the call (EROFS, EACCES, EPERM).
  public var isForbidden: Bool { code == EROFS || code == EACCES || code == EPERM }

  /// Whether the path of a file leads to a folder (EISDIR).
  public var isFolder: Bool { code == EISDIR }

  /// Whether another socket has the address, or a file has the path (EADDRINUSE).
  public var isAddressInUse: Bool { code == EADDRINUSE }

  /// Whether the file system or a quota is full (ENOSPC, EDQUOT).
  public var isFull: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether the system itself uses the file, as it does a mount point (EBUSY).
  public var isBusy: Bool { code == EBUSY }

  /// Whether the reader of a pipe or socket is gone (EPIPE).
  public var isBrokenPipe: Bool { code == EPIPE }

  /// Whether a path leads to something that is not a regular file, as ``FileSnapshot`` reports it (EINVAL).
  public var isIrregular: Bool { code == EINVAL }

  /// Whether a file has more bytes than the limit of the reader (EFBIG).
  public var isTooLarge: Bool { code == EFBIG }
}
