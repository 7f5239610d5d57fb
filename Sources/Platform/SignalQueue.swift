internal import CLinux

/// Signals that are read from a descriptor instead of interrupting the program; signalfd(2).
///
/// While the value lives, SIGHUP, SIGINT and SIGTERM arrive only here, and SIGWINCH if that is wanted.
/// SIGUSR1 and SIGUSR2, which make other programs open their log again, are ignored.
public struct SignalQueue: ~Copyable {
  private let descriptor: Descriptor

  /// Blocks the signals for this thread and for all that it starts later. Make it before any other
  /// thread.
  public init(alsoResizing: Bool = false) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [Signal.hangUp, .interrupt, .terminate] { sigaddset(&set, signal.rawValue) }
    if alsoResizing { sigaddset(&set, Signal.windowChange.rawValue) }
    guard sigprocmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("sigprocmask") }
    clinux_ignore_signal(SIGUSR1)
    clinux_ignore_signal(SIGUSR2)
    let number = signalfd(-1, &set, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    guard number >= 0 else { throw SystemError("signalfd") }
    descriptor = Descriptor(adopting: number)
  }

  /// The descriptor to watch for reading.
  public var number: Int32 { descriptor.number }

  /// The next waiting signal, or `nil`. Does not block.
  public borrowing func next() -> Signal? {
    var info = signalfd_siginfo()
    let count = try? withUnsafeMutableBytes(of: &info) { (raw) throws(SystemError) in
      try descriptor.read(into: raw)
    }
    return count == MemoryLayout<signalfd_siginfo>.size
      ? Signal(rawValue: Int32(info.ssi_signo)) : nil
  }

  /// Makes a write that fails an error, instead of the end of the process.
  ///
  /// Ignores SIGPIPE (the peer is gone, EPIPE) and SIGXFSZ (the file size limit, EFBIG); signal(7).
  public static func ignoreFailedWrites() {
    clinux_ignore_signal(SIGPIPE)
    clinux_ignore_signal(SIGXFSZ)
  }
}
