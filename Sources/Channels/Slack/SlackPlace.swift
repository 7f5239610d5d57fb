import Bytes

/// A channel of Slack, or a thread in it: where messages come from and replies go.
struct SlackPlace: Equatable {
  let channel: [UInt8]
  /// The time of the thread's first message.
  let thread: [UInt8]?

  init(channel: [UInt8], thread: [UInt8]?) {
    self.channel = channel
    self.thread = thread
  }

  /// Reads what ``address`` wrote.
  init?(address: [UInt8]) {
    let parts = address.split(separator: UInt8(ascii: " "))
    guard 1...2 ~= parts.count else { return nil }
    channel = Array(parts[0])
    thread = parts.count == 2 ? Array(parts[1]) : nil
  }

  /// The place as text: the channel, and the thread after a blank.
  var address: [UInt8] { joined(by: UInt8(ascii: " ")) }

  /// The place as part of a conversation's id.
  var name: [UInt8] { joined(by: UInt8(ascii: "-")) }

  private func joined(by separator: UInt8) -> [UInt8] {
    thread.map { channel + [separator] + $0 } ?? channel
  }
}
