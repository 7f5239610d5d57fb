package import Bytes
package import Platform

/// Takes replies to messages whose sender does not wait for them on a connection: a callback, or a channel.
///
/// The outbox keeps each reply until its receiver has it, and gives it again after a restart. Replies to one address come
/// one after another, in the order of their messages.
package protocol Receiver: AnyObject {
  /// Sends a reply. Calls `completion` exactly once, before this returns or in a later turn.
  func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void)

  /// A bot thinks about a message, or does not any more, whose reply goes to an address: for a sign of typing.
  func note(isThinking: Bool, for address: [UInt8])
}

/// How an attempt to deliver a reply ended.
package enum DeliveryResult {
  /// The receiver has it.
  case delivered
  /// The receiver has that many parts of it, which is kept; the rest follows at once.
  case partly(parts: Int)
  /// It is sent again after this time, or, with `nil`, after a pause that doubles from 1 s to 1 h. The other replies to
  /// the same address wait meanwhile.
  case again(after: TimeSpan?, reason: Text)
  /// There was no connection: nothing is sent to the receiver for a short while, because others would fail, too.
  case unreachable(reason: Text)
  /// The receiver will never take it.
  case refused(reason: Text)
  /// The receiver wants no replies any more. Others are not sent, until the administrator says so or the gateway restarts.
  case gone(reason: Text)
}

/// A reply, or a failure, for a receiver.
package struct OutboxReply {
  /// The id of the message and of its reply, the same over all tries.
  package let id: [UInt8]
  /// Where the receiver sends it: what ``Submission/address`` said.
  package let address: [UInt8]
  /// What ``Submission/note`` said.
  package let note: [UInt8]
  /// How long ago the message came.
  package let age: TimeSpan
  /// The JSON object that `GET /v1/messages/{id}` has as `data`.
  package let data: [UInt8]
  /// When there was a reply or a failure, in milliseconds since 1970.
  package let finished: Int64
  /// How many parts of it the receiver has already.
  package let parts: Int

  package init(
    id: [UInt8], address: [UInt8], note: [UInt8] = [], age: TimeSpan, data: [UInt8],
    finished: Int64, parts: Int
  ) {
    self.id = id
    self.address = address
    self.note = note
    self.age = age
    self.data = data
    self.finished = finished
    self.parts = parts
  }
}
