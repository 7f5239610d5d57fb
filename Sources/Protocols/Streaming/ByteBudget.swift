/// How many bytes of a streamed reply are kept, and whether that is too many.
final class ByteBudget {
  let limit: Int
  private var used = 0
  private var isExhausted = false
  private var members = 0
  /// How many members of objects cost nothing besides their names and values.
  private static let freeMembers = 1024
  /// What each further member costs in bytes, so that many small ones do not take many times their size.
  private static let memberCost = 64

  /// A budget of `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  var isExceeded: Bool { isExhausted || used > limit }

  /// `count` more bytes are kept; fewer if it is negative.
  func charge(_ count: Int) {
    used += count
  }

  /// One more member is kept.
  func chargeMember() {
    members += 1
    if members > ByteBudget.freeMembers { used += ByteBudget.memberCost }
  }

  /// There is more than fits, even if bytes are given back.
  func exhaust() {
    isExhausted = true
  }
}
