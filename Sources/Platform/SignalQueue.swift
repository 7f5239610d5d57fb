internal import CLinux

/// Signals as something to read, in place of handlers that interrupt; signalfd(2). While it lives, the process
/// receives SIGHUP, SIGINT and SIGTERM here and nowhere else.
public struct SignalQueue: ~Copyable {
  private let descriptor: Descriptor

  /// Blocks the signals for this thread and all that it starts from now on: make it before any thread.
  public init() throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [Signal.hangUp, .interrupt, .terminate] { sigaddset(&set, signal.rawValue) }
    guard sigprocmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("sigprocmask") }
    let number = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    guard number >= 0 else { throw SystemError("signalfd") }
    descriptor = Descriptor(adopting: number)
  }

  /// What to watch for reading.
  public var number: Int32 { descriptor.number }

  /// The next signal waiting, if any.
  public borrowing func next() -> Signal? {
    var info = signalfd_siginfo()
    let count = try? withUnsafeMutableBytes(of: &info) { (raw) throws(SystemError) in
      try descriptor.read(into: raw)
    }
    return count == MemoryLayout<signalfd_siginfo>.size
      ? Signal(rawValue: Int32(info.ssi_signo)) : nil
  }

  /// A write that cannot be done is an error of the write and not the end of the process: one to a peer that has
  /// gone (EPIPE), or one beyond the file size limit (EFBIG).
  public static func ignoreFailedWrites() {
    clinux_ignore_signal(SIGPIPE)
    clinux_ignore_signal(SIGXFSZ)
  }
}
