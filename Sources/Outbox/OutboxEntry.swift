/// A message of the outbox, from its arrival until it is forgotten: what is in memory of it.
package final class OutboxEntry {
  /// Where the message stands.
  package enum Status {
    /// It waits for its turn in the conversation, or for a backend.
    case queued
    /// A backend is asked.
    case running
    /// There is a reply.
    case done
    /// There will be no reply.
    case failed
  }

  /// Where its reply stands.
  package enum Delivery: Int {
    /// It has no receiver.
    case none
    /// The receiver does not have it yet.
    case waiting
    /// The receiver has it.
    case delivered
    /// The receiver will not get it.
    case failed
  }

  /// Rises from message to message.
  package let number: UInt64
  /// The id of the message and of its reply.
  package let id: [UInt8]
  /// When it was accepted, in milliseconds since 1970.
  package let created: Int64
  /// Whether the message is being answered.
  package var status = Status.queued
  /// Where its reply stands.
  package internal(set) var delivery = Delivery.none
  /// How many times the receiver was tried in vain.
  package internal(set) var tries = 0
  /// How many parts of the reply the receiver has.
  package internal(set) var parts = 0
  /// When it was finished, or its reply delivered, in milliseconds since 1970.
  package internal(set) var settled: Int64 = 0
  /// Whether a client has fetched the reply.
  package var isFetched = false
  /// Whether it was given up, or forgotten.
  package internal(set) var isGone = false
  /// Whether the context has its turn, or gets none.
  package internal(set) var isTurnKept = true

  /// Where its records are; 0 for none.
  var message: UInt32 = 0
  var result: UInt32 = 0
  var progress: UInt32 = 0

  init(number: UInt64, id: [UInt8], created: Int64) {
    self.number = number
    self.id = id
    self.created = created
  }

  /// Whether there is a reply or a failure.
  package var isFinished: Bool { status == .done || status == .failed }

  /// Whether nothing is left to do for it: it is only kept for clients that ask for it.
  package var isSettled: Bool { isFinished && delivery != .waiting }

  /// Whether its reply has reached the one that it is for.
  var isHandedOver: Bool { isSettled && (delivery == .delivered || isFetched) }
}
