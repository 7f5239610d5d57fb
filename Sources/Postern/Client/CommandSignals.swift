import EventLoop
import Platform

/// The signals that reach a command while it waits: an interrupt, and a terminal of another size.
final class CommandSignals {
  let queue: SignalQueue
  private var isInterrupted = false
  private var isResized = false

  /// Signals arrive here from now on.
  init() throws(SystemError) {
    queue = try SignalQueue(alsoResizing: true)
  }

  /// Looks for signals in each turn of a loop, which keeps this object.
  func watch(on loop: EventLoop) throws(SystemError) {
    _ = try loop.register(queue.number, for: .read) { [self] _ in receive() }
  }

  /// Notes the signals that have come.
  func receive() {
    while let signal = queue.next() {
      if signal == .windowChange { isResized = true } else { isInterrupted = true }
    }
  }

  /// Whether the user wants an end since this was last asked.
  func takeInterrupt() -> Bool {
    defer { isInterrupted = false }
    return isInterrupted
  }

  /// Whether the terminal has changed its size since this was last asked.
  func takeResize() -> Bool {
    defer { isResized = false }
    return isResized
  }
}
