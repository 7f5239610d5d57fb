import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Outbox
import Platform
import Storage

/// The messages to one bot that have their turn and wait to be answered, oldest first.
///
/// While no integration can be reached, the line is held: one message is tried after a pause that grows to 60 s, and every
/// 5 s it is checked whether one can be connected to.
final class BotLine {
  /// The longest pause between two tries.
  private static let longestPause = TimeSpan.seconds(60)

  private var places: ArraySlice<WaitingPlace> = []
  /// Messages that were put back, which come before the others; the last one first.
  private var returned: [WaitingPlace] = []
  /// Whether nothing is sent for now.
  private(set) var isHeld = false
  /// Whether the next message shows whether integrations can be reached, and the others wait for its result.
  private(set) var isTrial = false
  /// Whether that message is under way.
  var isTrying = false
  /// How many tries failed in a row.
  private var failures = 0
  private var timer: TimerID?
  /// Runs while the line is held.
  var checkTimer: TimerID?
  /// The checks under way.
  var checks: [TransferID] = []

  var isEmpty: Bool { places.isEmpty && returned.isEmpty }

  func append(_ place: WaitingPlace) { places.append(place) }

  /// Puts a message back, to be the next one.
  func putBack(_ place: WaitingPlace) { returned.append(place) }

  func remove(_ place: WaitingPlace) {
    places.removeAll { $0 === place }
    returned.removeAll { $0 === place }
  }

  /// Takes the next message that may be sent.
  func next() -> WaitingPlace? {
    guard !isHeld, !isTrying, let place = returned.popLast() ?? places.popFirst() else {
      return nil
    }
    isTrying = isTrial
    return place
  }

  /// Holds the line for a pause, after a message that could not be sent. `action` is called after it.
  func hold(atLeast wait: TimeSpan, on loop: EventLoop, then action: @escaping () -> Void) {
    isHeld = true
    (isTrial, isTrying) = (false, false)
    loop.cancel(timer)
    let pause = TimeSpan.seconds(1 << min(failures, 6))
    failures += 1
    timer = loop.schedule(after: min(max(pause, wait), Self.longestPause), action)
  }

  /// Lets messages be sent again: one, or all.
  func release(asTrial isTrial: Bool, on loop: EventLoop) {
    loop.cancel(timer)
    timer = nil
    isHeld = false
    self.isTrial = isTrial
    isTrying = false
    if !isTrial { failures = 0 }
  }
}
