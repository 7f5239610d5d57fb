import Bytes
import Configuration
import EventLoop
import Logging
package import Outbox
package import Platform
import Storage

/// A client that waits for the result of a message, for a limited time.
package final class ResultWaiter {
  let entry: OutboxEntry
  var timer: TimerID?
  var action: (() -> Void)?

  init(_ entry: OutboxEntry) { self.entry = entry }
}

extension WaitingMessages {
  /// Calls `action` once: when the message has its result, is gone, or the time is over. Until then ``cancel(_:)`` prevents it.
  package func wait(
    for entry: OutboxEntry, atMost limit: TimeSpan, _ action: @escaping () -> Void
  ) -> ResultWaiter {
    let waiter = ResultWaiter(entry)
    waiter.action = action
    waiter.timer = loop.schedule(after: limit) { [self] in finish(waiter) }
    waiters[entry.number, default: []].append(waiter)
    return waiter
  }

  /// A client does not wait any longer.
  package func cancel(_ waiter: ResultWaiter) {
    waiter.action = nil
    finish(waiter)
  }

  /// The message has its result, or is gone.
  func tellWaiters(of entry: OutboxEntry) {
    for waiter in waiters[entry.number] ?? [] { finish(waiter) }
  }

  private func finish(_ waiter: ResultWaiter) {
    loop.cancel(waiter.timer)
    let number = waiter.entry.number
    waiters[number]?.removeAll { $0 === waiter }
    if waiters[number]?.isEmpty == true { waiters[number] = nil }
    let action = waiter.action
    waiter.action = nil
    action?()
  }
}
