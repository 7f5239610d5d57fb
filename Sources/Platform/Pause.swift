internal import CLinux

/// Waiting, for threads other than the loop's.
public enum Pause {
  /// Blocks for at least so long; nanosleep(2).
  public static func milliseconds(_ count: Int) {
    let end = Instant.now + .milliseconds(count)
    while true {
      let left = end - Instant.now
      guard left > .milliseconds(0) else { return }
      var wait = timespec()
      wait.tv_sec = time_t(left.nanoseconds / 1_000_000_000)
      wait.tv_nsec = Int(left.nanoseconds % 1_000_000_000)
      // Interrupted by a signal: what is left.
      _ = nanosleep(&wait, nil)
    }
  }
}
