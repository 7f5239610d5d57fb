import Bytes

/// Which conversation a chat is in: `/new` begins another one.
struct TelegramConversations {
  private let prefix: [UInt8]
  /// The conversations that are known, by place. Places that are not here are in the newest of the context.
  private var current: [(place: TelegramPlace, conversation: [UInt8])] = []
  /// The newest conversation of the context whose id is this one, or this one with `-n` and a number.
  private let recall: (_ conversation: [UInt8]) -> [UInt8]?

  /// The most places that are remembered; the oldest is looked up again.
  private static let most = 1024

  init(prefix: [UInt8], recall: @escaping (_ conversation: [UInt8]) -> [UInt8]?) {
    self.prefix = prefix
    self.recall = recall
  }

  /// The conversation of a place.
  mutating func conversation(of place: TelegramPlace) -> [UInt8] {
    if let known = current.first(where: { $0.place == place }) { return known.conversation }
    let conversation = recall(prefix + place.name) ?? prefix + place.name
    set(place, conversation)
    return conversation
  }

  /// Begins a new conversation in a place. `number` is that of the message that asks for it.
  mutating func begin(in place: TelegramPlace, number: Int) {
    set(place, prefix + ("\(place.name)-n\(number)" as Text).bytes)
  }

  /// A chat has another id from now on; its conversations continue.
  mutating func move(chat: Int, to other: Int) {
    if current.allSatisfy({ $0.place.chat != chat }) {
      _ = conversation(of: TelegramPlace(chat: chat))
    }
    for index in current.indices where current[index].place.chat == chat {
      current[index].place.chat = other
    }
  }

  private mutating func set(_ place: TelegramPlace, _ conversation: [UInt8]) {
    current.removeAll { $0.place == place }
    if current.count == TelegramConversations.most { current.removeFirst() }
    current.append((place, conversation))
  }
}
