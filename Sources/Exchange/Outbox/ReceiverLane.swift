package import Bytes
import Configuration
import EventLoop
import Logging
import Outbox
import Platform
import Storage

/// The replies for one receiver.
package final class ReceiverLane {
  /// The replies to one address, oldest first; only the first is sent.
  final class Line {
    let address: [UInt8]
    var entries: ArraySlice<OutboxEntry> = []
    /// Runs until the first may be sent again.
    var timer: TimerID?

    init(_ address: [UInt8]) { self.address = address }
  }

  package let name: [UInt8]
  var receiver: (any Receiver)?
  var lines: [[UInt8]: Line] = [:]
  /// The lines whose first reply may be sent, in order.
  var ready: ArraySlice<Line> = []
  var inFlight = 0
  /// Runs while nothing is sent, because the receiver cannot be reached.
  var timer: TimerID?
  var pauses = ConnectionPauses()
  /// Whether the receiver wants no replies any more.
  package internal(set) var isGone = false
  /// Why the last try failed; `nil` after a success.
  package internal(set) var failure: Text?

  init(_ name: [UInt8]) { self.name = name }

  func line(of address: [UInt8]) -> Line {
    if let line = lines[address] { return line }
    let line = Line(address)
    lines[address] = line
    return line
  }

  /// How many replies wait.
  package var waitingCount: Int {
    var count = 0
    for line in lines.values { count += line.entries.count }
    return count
  }

  /// The pause before the next try of one reply: from 1 s to 1 h, a tenth more or less.
  func pause(afterTries tries: Int, _ random: RandomSource) -> TimeSpan {
    let pause = min(3600, 1 << min(tries, 12)) * 1000
    return .milliseconds(pause * 9 / 10 + Int(random.next() % UInt64(pause / 5)))
  }
}
