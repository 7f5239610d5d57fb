import Bytes
import EventLoop
import Platform

/// When messages came, until their replies are sent: for `response_delay`, and for the message that a reply answers.
///
/// Only in memory: after a restart replies are sent without a delay.
struct Arrivals {
  private var entries: [(id: [UInt8], time: Instant, message: Int?)] = []

  /// More messages than this are hardly on their way at once.
  private static let most = 256

  /// Notes a message of the outbox.
  mutating func note(_ id: [UInt8], at time: Instant, message: Int? = nil) {
    if entries.count == Arrivals.most { entries.removeFirst() }
    entries.append((id, time, message))
  }

  /// When a message came, and its number in the channel.
  subscript(id: [UInt8]) -> (time: Instant, message: Int?)? {
    entries.first { $0.id == id }.map { ($0.time, $0.message) }
  }

  /// Forgets a message whose reply was sent.
  mutating func forget(_ id: [UInt8]) {
    entries.removeAll { $0.id == id }
  }
}
