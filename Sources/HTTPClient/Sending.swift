/// How often a request was sent: twice at most, the second time because a kept connection had ended.
///
/// A kept connection ends for reasons of its own, which say little about the backend: a restart, or the end of its
/// patience with idle connections.
struct Sending {
  /// What is done with a request that libcurl is about to send.
  enum Admission {
    /// It is sent for the first time, as far as this use of libcurl goes.
    case first
    /// It is sent again.
    case again
    /// It is not sent.
    case refused
  }

  private var count = 0
  private var isAgain: Bool
  /// Whether libcurl wanted to send it once more, and was not allowed to.
  private(set) var isRefused = false

  /// Whether it was about to be sent at all.
  var hasBegun: Bool { count > 0 }

  /// A request that was not sent, or with `again` one that was sent in vain.
  init(again: Bool = false) {
    isAgain = again
  }

  /// Decides about a request that libcurl is about to send.
  ///
  /// Where a kept connection ends before any answer, libcurl sends the request again by itself. That is allowed once, on a
  /// new connection. libcurl may choose another kept one, up to five times.
  mutating func admit(onNewConnection isNew: @autoclosure () -> Bool) -> Admission {
    count += 1
    if count == 1 { return .first }
    guard !isAgain, isNew() else {
      isRefused = true
      return .refused
    }
    isAgain = true
    return .again
  }

  /// Whether a request that was interrupted before any answer is to be sent again.
  func needsRepetition(onNewConnection isNew: @autoclosure () -> Bool) -> Bool {
    !isAgain && (isRefused || count == 1 && !isNew())
  }
}
