internal import CLinux

/// The seam to the system calls that move bytes: every `read` and `write` of Postern's own goes through here, and all
/// that it takes to replace a file, so that tests can inject EINTR, short counts and failures.
enum SystemCalls {
  #if DEBUG
    /// What happens to a call instead of what the kernel would do.
    enum Injection: Sendable {
      /// It is made with at most so many bytes.
      case atMost(Int)
      /// It is not made, and fails with this error number.
      case failure(Int32)
      /// It is made once this is over: what somebody else does in that moment.
      case after(@Sendable () -> Void)
    }

    /// What happens to the next calls, first element first; when empty, calls go through untouched.
    final class InjectionQueue: @unchecked Sendable {
      var injections: [Injection]

      init(_ injections: [Injection]) {
        self.injections = injections
      }
    }

    /// Bound to a task, so that tests that run at the same time leave each other's calls alone.
    @TaskLocal static var queue: InjectionQueue?

    private static func nextInjection() -> Injection? {
      guard let queue, !queue.injections.isEmpty else { return nil }
      return queue.injections.removeFirst()
    }
  #endif

  /// read(2), once more for as long as a signal interrupts it. Returns the count, 0 at the end.
  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer)
    throws(SystemError) -> Int
  {
    try retrying("read", buffer.count) { count in
      CLinux.read(descriptor, buffer.baseAddress, count)
    }
  }

  /// write(2), once more for as long as a signal interrupts it. Returns the count, which may be short.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer)
    throws(SystemError) -> Int
  {
    try retrying("write", bytes.count) { count in
      CLinux.write(descriptor, bytes.baseAddress, count)
    }
  }

  /// Another call that gives -1 where it fails, likewise. Returns what it gives.
  static func perform(_ name: StaticString, _ call: () -> Int32) throws(SystemError) -> Int32 {
    Int32(try retrying(name, 0) { _ in Int(call()) })
  }

  /// pread(2), likewise.
  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int)
    throws(SystemError) -> Int
  {
    try retrying("pread", buffer.count) { count in
      pread(descriptor, buffer.baseAddress, count, off_t(offset))
    }
  }

  /// pwrite(2), likewise.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int)
    throws(SystemError) -> Int
  {
    try retrying("pwrite", bytes.count) { count in
      pwrite(descriptor, bytes.baseAddress, count, off_t(offset))
    }
  }

  private static func retrying(
    _ name: StaticString, _ wanted: Int, _ call: (Int) -> Int
  ) throws(SystemError) -> Int {
    while true {
      var count = wanted
      #if DEBUG
        switch nextInjection() {
        case .atMost(let limit): count = min(count, limit)
        case .failure(EINTR): continue
        case .failure(let code): throw SystemError(name, code: code)
        case .after(let action): action()
        case nil: break
        }
      #endif
      let result = call(count)
      if result >= 0 { return result }
      if clinux_errno() != EINTR { throw SystemError(name) }
      count = wanted
    }
  }
}
