internal import CLinux

/// Waiting, on threads other than the event loop's.
public enum Pause {
  /// Blocks for at least `count` milliseconds; nanosleep(2).
  public static func milliseconds(_ count: Int) {
    let end = Instant.now + .milliseconds(count)
    while true {
      let left = end - Instant.now
      guard left > .milliseconds(0) else { return }
      var wait = timespec()
      wait.tv_sec = time_t(left.nanoseconds / 1_000_000_000)
      wait.tv_nsec = Int(left.nanoseconds % 1_000_000_000)
      // A signal may end the wait early; the loop then waits for the rest.
      _ = nanosleep(&wait, nil)
    }
  }
}
