import Bytes
import Protocols

/// How much of a conversation's history may go into a request.
package struct HistoryRoom {
  /// The most turns; `nil` for the whole window.
  package var turns: Int?
  /// The most bytes; `nil` for any number.
  package var bytes: Int?

  /// Room for the whole window.
  package init(turns: Int? = nil, bytes: Int? = nil) {
    self.turns = turns
    self.bytes = bytes
  }

  /// Whether there is room for everything.
  var isUnlimited: Bool { turns == nil && bytes == nil }

  /// The room that is left beside other messages of `count` bytes.
  func reserving(_ count: Int) -> HistoryRoom {
    HistoryRoom(turns: turns, bytes: bytes.map { $0 - count })
  }

  /// Takes the room for one more turn, if there is enough.
  mutating func take(_ user: Span<UInt8>, _ reply: Span<UInt8>) -> Bool {
    if let left = turns {
      guard left > 0 else { return false }
      turns = left - 1
    }
    if let left = bytes {
      let size =
        MessageContent.estimatedSize(of: user) + MessageContent.estimatedSize(of: reply)
        + HistoryRoom.wrapping
      guard left >= size else { return false }
      bytes = left - size
    }
    return true
  }

  /// The bytes around the contents of a turn: `{"role":"user","content":},` and the same for the reply.
  private static let wrapping = 61
}
