import EventLoop
import Platform

/// Replies that are held back, because they would come too soon.
final class Delays {
  private let loop: EventLoop
  private var waiting: [Delay] = []

  init(_ loop: EventLoop) {
    self.loop = loop
  }

  /// Calls `action` once: with `true` at a time, or at once if that is over; with `false` if ``end()`` comes before.
  func wait(until time: Instant?, then action: @escaping (_ isOver: Bool) -> Void) {
    guard let time, time > loop.now else { return action(true) }
    let delay = Delay(action)
    delay.timer = loop.schedule(at: time) { [self] in
      waiting.removeAll { $0 === delay }
      action(true)
    }
    waiting.append(delay)
  }

  /// Holds nothing back any more.
  func end() {
    let ended = waiting
    waiting = []
    for delay in ended {
      loop.cancel(delay.timer)
      delay.action(false)
    }
  }

  private final class Delay {
    let action: (Bool) -> Void
    var timer: TimerID?

    init(_ action: @escaping (Bool) -> Void) {
      self.action = action
    }
  }
}
