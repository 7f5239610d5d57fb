internal import CLinux

/// The system calls that move bytes, and those that replace a file.
///
/// All of Postern's own reads and writes pass through here, so that tests can inject EINTR, short
/// counts and failures.
enum SystemCalls {
  #if DEBUG
    /// What a test makes of one call.
    enum Injection: Sendable {
      /// The call moves at most this many bytes.
      case atMost(Int)
      /// The call is not made, and fails with this error number.
      case failure(Int32)
      /// The call is made after this closure, which acts as another process.
      case after(@Sendable () -> Void)
    }

    /// What happens to the next calls, in order. Calls after the last one are made as usual.
    final class InjectionQueue: @unchecked Sendable {
      var injections: [Injection]

      init(_ injections: [Injection]) {
        self.injections = injections
      }
    }

    /// Bound to a task, so that tests that run at the same time do not affect each other.
    @TaskLocal static var queue: InjectionQueue?

    private static func nextInjection() -> Injection? {
      guard let queue, !queue.injections.isEmpty else { return nil }
      return queue.injections.removeFirst()
    }
  #endif

  /// read(2), repeated after EINTR. Returns the number of bytes, 0 at the end.
  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer)
    throws(SystemError) -> Int
  {
    try retrying("read", buffer.count) { count in
      CLinux.read(descriptor, buffer.baseAddress, count)
    }
  }

  /// write(2), repeated after EINTR. Returns the number of bytes, which may be short.
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer)
    throws(SystemError) -> Int
  {
    try retrying("write", bytes.count) { count in
      CLinux.write(descriptor, bytes.baseAddress, count)
    }
  }

  /// Any call that returns -1 and sets `errno` if it fails, repeated after EINTR. Returns its
  /// result.
  static func perform(_ name: StaticString, _ call: () -> Int32) throws(SystemError) -> Int32 {
    Int32(try retrying(name, 0) { _ in Int(call()) })
  }

  /// pread(2), repeated after EINTR.
  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int)
    throws(SystemError) -> Int
  {
    try retrying("pread", buffer.count) { count in
      pread(descriptor, buffer.baseAddress, count, off_t(offset))
    }
  }

  /// pwrite(2), repeated after EINTR.
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
