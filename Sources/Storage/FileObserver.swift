import EventLoop
import Logging
import Platform

/// Calls back when one of some files may have changed.
///
/// If the system cannot watch them, it tries again every 5 s, and calls back each time, because it may have missed a
/// change.
final class FileObserver {
  /// The time until watching is tried again after a failure.
  private static let renewal = TimeSpan.seconds(5)

  private let watch: FileWatch
  private let log: Log
  private let loop: EventLoop
  private let onChange: () -> Void
  private var paths: [[UInt8]] = []
  /// Runs while files cannot be watched.
  private var renewalTimer: TimerID?

  /// An observer of no files, which the loop keeps.
  init(log: Log, loop: EventLoop, onChange: @escaping () -> Void) throws(SystemError) {
    watch = try FileWatch()
    self.log = log
    self.loop = loop
    self.onChange = onChange
    _ = try loop.register(watch.number, for: .read) { [self] _ in
      guard watch.take() else { return }
      onChange()
      follow(paths)
    }
  }

  /// Observes the files at these paths, in their current folders, and no others.
  func follow(_ paths: [[UInt8]]) {
    self.paths = paths
    loop.cancel(renewalTimer)
    do throws(SystemError) {
      try watch.follow(paths)
      renewalTimer = nil
    } catch {
      if renewalTimer == nil {
        log.write(.warning, "configuration_not_watched") { line in
          line.field("reason", error.reason)
          line.field("message", "tried again every 5 s; SIGHUP reloads it meanwhile")
        }
      }
      renewalTimer = loop.schedule(after: FileObserver.renewal) { [self] in
        onChange()
        follow(self.paths)
      }
    }
  }
}
