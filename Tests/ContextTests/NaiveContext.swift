/// The expected contents of a ring, by other means: every cell knows the turn that owns it, and
/// every conversation its list of turns. A turn ends when one of its cells is skipped or written.
struct NaiveContext {
  struct Turn: Equatable {
    /// The number of its conversation.
    let conversation: Int
    /// Where the turn's texts begin in the pool, and how long they are.
    let text: Int
    let userCount: Int
    let replyCount: Int
    let integrationCount: Int
    /// The number of its user.
    let userNumber: Int
    let time: Int64
    let cells: Int
    var start = 0
    var sequence: UInt64 = 0
  }

  private(set) var owners: [Int]
  private(set) var turns: [Int: Turn] = [:]
  /// The numbers of each conversation's turns, oldest first.
  private(set) var chains: [[Int]]
  private(set) var usedCells = 0
  private(set) var overwritten: UInt64 = 0
  private var head = 0
  private var count = 0

  init(cells: Int, conversations: Int) {
    owners = Array(repeating: -1, count: cells)
    chains = Array(repeating: [], count: conversations)
  }

  mutating func append(_ turn: Turn, sequence: UInt64) {
    if head + turn.cells > owners.count {
      overwrite(head..<owners.count)
      head = 0
    }
    overwrite(head..<head + turn.cells)
    for cell in head..<head + turn.cells { owners[cell] = count }
    var turn = turn
    turn.start = head
    turn.sequence = sequence
    turns[count] = turn
    chains[turn.conversation].append(count)
    usedCells += turn.cells
    head += turn.cells
    count += 1
  }

  mutating func delete(_ conversation: Int) {
    for turn in chains[conversation] { remove(turn) }
  }

  /// Takes the turns of the conversation with this turn out of its chain: they still use cells.
  /// Returns the number of the conversation.
  mutating func unlink(sequence: UInt64) -> Int {
    let turn = turns.values.first { $0.sequence == sequence }!
    chains[turn.conversation] = []
    return turn.conversation
  }

  /// Removes one turn.
  mutating func erase(sequence: UInt64) {
    remove(turns.first { $0.value.sequence == sequence }!.key)
  }

  /// Whether a conversation has a turn of this user before this sequence number; of any user if
  /// `user` is `nil`.
  func has(_ conversation: Int, user: Int?, before end: UInt64) -> Bool {
    chains[conversation].contains {
      turns[$0]!.sequence < end && (user == nil || turns[$0]!.userNumber == user)
    }
  }

  /// Removes the turns with a damaged cell.
  mutating func damage(cells: [Int]) {
    for cell in cells where owners[cell] >= 0 { remove(owners[cell]) }
  }

  /// A ring that is reopened continues after its newest turn.
  mutating func reopen() {
    head = turns.max { $0.key < $1.key }.map { $0.value.start + $0.value.cells } ?? 0
    overwritten = 0
  }

  /// The conversations among these that have turns, the one with the newest turn first.
  func newestFirst(_ isMeant: (Int) -> Bool) -> [Int] {
    chains.indices.filter { isMeant($0) && !chains[$0].isEmpty }
      .sorted { chains[$0].last! > chains[$1].last! }
  }

  private mutating func overwrite(_ cells: Range<Int>) {
    for cell in cells where owners[cell] >= 0 {
      remove(owners[cell])
      overwritten += 1
    }
  }

  private mutating func remove(_ number: Int) {
    let turn = turns.removeValue(forKey: number)!
    chains[turn.conversation].removeAll { $0 == number }
    for cell in turn.start..<turn.start + turn.cells { owners[cell] = -1 }
    usedCells -= turn.cells
  }
}
