/// How many bytes of a streamed reply are kept, and whether that is too many.
final class ByteBudget {
  let limit: Int
  private var used = 0
  private var isExhausted = false
  private var members = 0
  /// So many members of objects cost nothing besides their names and values.
  private static let freeMembers = 1024
  /// What any other takes in memory, so that very many small ones do not take many times their size.
  private static let memberCost = 64

  /// A budget of so many bytes.
  init(limit: Int) {
    self.limit = limit
  }

  var isExceeded: Bool { isExhausted || used > limit }

  /// So many bytes more are kept; fewer where `count` is negative.
  func charge(_ count: Int) {
    used += count
  }

  /// One more member is kept.
  func chargeMember() {
    members += 1
    if members > ByteBudget.freeMembers { used += ByteBudget.memberCost }
  }

  /// There is more than fits, whatever is given back.
  func exhaust() {
    isExhausted = true
  }
}
