/// How many bytes of a streamed reply are kept, and whether that is too many.
final class ByteBudget {
  let limit: Int
  private var used = 0

  /// A budget of so many bytes.
  init(limit: Int) {
    self.limit = limit
  }

  var isExceeded: Bool { used > limit }

  /// So many bytes more are kept; fewer where `count` is negative.
  func charge(_ count: Int) {
    used += count
  }

  /// There is more than fits.
  func exhaust() {
    used = limit + 1
  }
}
