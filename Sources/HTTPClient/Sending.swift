/// How often a request was sent: twice at most, the second time because a kept connection had ended.
///
/// The end of a kept connection says little about the backend: it was restarted, or closed an idle connection.
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

  /// A request that was not sent yet; with `again`, one that was sent without success.
  init(again: Bool = false) {
    isAgain = again
  }

  /// Decides about a request that libcurl is about to send.
  ///
  /// If a kept connection ends before any answer, libcurl sends the request again by itself, up to five times,
  /// perhaps on another kept connection. Once is allowed, on a new connection.
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
