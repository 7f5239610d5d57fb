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

  /// Those that have left are passed over when their turn comes: to look for each would take long.
  private var places: ArraySlice<WaitingPlace> = []
  /// Messages that were put back, which come before the others; the last one first.
  private var returned: [WaitingPlace] = []
  private var count = 0
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

  var isEmpty: Bool { count == 0 }

  func append(_ place: WaitingPlace) {
    places.append(place)
    enter(place)
  }

  /// Puts a message back, to be the next one.
  func putBack(_ place: WaitingPlace) {
    returned.append(place)
    enter(place)
  }

  private func enter(_ place: WaitingPlace) {
    place.isInLine = true
    count += 1
  }

  /// A message leaves the line for good. Returns whether it was in it.
  func remove(_ place: WaitingPlace) -> Bool {
    guard place.isInLine else { return false }
    place.isInLine = false
    count -= 1
    if count == 0 { (places, returned) = ([], []) }
    return true
  }

  /// Takes the next message that may be sent.
  func next() -> WaitingPlace? {
    if isHeld || isTrying { return nil }
    while let place = returned.popLast() ?? places.popFirst() {
      guard place.isInLine else { continue }
      place.isInLine = false
      count -= 1
      isTrying = isTrial
      return place
    }
    return nil
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
