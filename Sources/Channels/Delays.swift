import EventLoop
import Exchange
import Platform

/// Replies that are held back, because they would come too soon.
final class Delays {
  private let loop: EventLoop
  private var waiting: [Delay] = []

  init(_ loop: EventLoop) {
    self.loop = loop
  }

  /// Holds a reply back until its message is old enough. Calls `action` once: with `true` then, or with `false` if
  /// ``end()`` comes before.
  func wait(
    for reply: OutboxReply, aged milliseconds: Int, then action: @escaping (_ isOver: Bool) -> Void
  ) {
    let rest = TimeSpan.milliseconds(milliseconds) - reply.age
    guard rest > .milliseconds(0) else { return action(true) }
    let delay = Delay(action)
    delay.timer = loop.schedule(after: rest) { [self] in
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
