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
  public var reason: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      String(cString: clinux_error_text(code, buffer.baseAddress!, buffer.count))
    }
  }

  /// Whether the named file, folder or socket does not exist (ENOENT).
  public var isNotFound: Bool { code == ENOENT }

  /// Whether an address is taken by somebody else (EADDRINUSE).
  public var isAddressInUse: Bool { code == EADDRINUSE }
}
