import Configuration

/// Keeps the messages of each conversation in order: one is answered at a time, the others wait.
///
/// A conversation without a message in flight takes no memory. An exchange is known by its identity only.
struct ConversationQueues<Element: AnyObject> {
  /// Waiting exchanges, oldest first, by conversation; a conversation without an entry is free.
  private var waiting: [QueueKey: [Element]] = [:]

  /// How many conversations have a message being answered.
  var busyCount: Int { waiting.count - parkedCount }

  /// How many conversations a message of the outbox holds that is not being answered.
  var parkedCount = 0

  /// How many messages wait for those. O(conversations).
  var waitingCount: Int {
    var count = 0
    for queue in waiting.values { count += queue.count }
    return count
  }

  /// Whether a conversation has a message being answered.
  func isBusy(_ conversation: QueueKey) -> Bool { waiting[conversation] != nil }

  /// What an exchange that arrives does.
  enum Arrival {
    /// It may begin.
    case begin
    /// It waits for `leave` to name it.
    case wait
    /// A limit is reached.
    case refused(ExchangeRefusal)
  }

  /// Lets an exchange in, as far as the limits allow.
  mutating func arrive(
    _ exchange: Element, in conversation: QueueKey, limits: LimitsSettings
  ) -> Arrival {
    guard let queue = waiting[conversation] else {
      // Every conversation with an entry has exactly one message being answered.
      guard busyCount < limits.inFlight else {
        return .refused(.overloaded)
      }
      waiting[conversation] = []
      return .begin
    }
    guard queue.count < limits.queuePerConversation else {
      return .refused(.conversationBusy)
    }
    waiting[conversation]!.append(exchange)
    return .wait
  }

  /// Lets a message of the outbox in, without a limit: the outbox has one. Returns whether it has the turn.
  mutating func enter(_ place: Element, in conversation: QueueKey) -> Bool {
    if waiting[conversation] == nil {
      waiting[conversation] = []
      return true
    }
    waiting[conversation]!.append(place)
    return false
  }

  /// The exchange of a conversation that had begun is over. Returns the one that begins now, if one waits.
  mutating func leave(_ conversation: QueueKey) -> Element? {
    guard let place = waiting.index(forKey: conversation) else { return nil }
    if waiting.values[place].isEmpty {
      waiting.remove(at: place)
      return nil
    }
    return waiting.values[place].removeFirst()
  }

  /// Removes an exchange that waits.
  mutating func withdraw(_ exchange: Element, from conversation: QueueKey) {
    waiting[conversation]?.removeAll { $0 === exchange }
  }
}
