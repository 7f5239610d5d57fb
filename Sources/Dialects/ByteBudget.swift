/// How many bytes of a streamed reply are kept, and whether that is too many.
final class ByteBudget {
  let limit: Int
  private var used = 0
  private var isExhausted = false

  /// A budget of so many bytes.
  init(limit: Int) {
    self.limit = limit
  }

  var isExceeded: Bool { isExhausted || used > limit }

  /// So many bytes more are kept; fewer where `count` is negative.
  func charge(_ count: Int) {
    used += count
  }

  /// There is more than fits, whatever is given back.
  func exhaust() {
    isExhausted = true
  }
}
