/// Why a request is refused before its content is looked at.
public enum Refusal: Error, Equatable, Sendable {
  /// Two parsers could read the request differently, or it breaks HTTP's grammar; with what is wrong.
  case ambiguous(StaticString)
  /// The header section has more bytes than the limit.
  case fieldsTooLarge
  /// The body has more bytes than `limit`.
  case bodyTooLarge(limit: Int)

  /// Whether two refusals are the same.
  public static func == (left: Refusal, right: Refusal) -> Bool {
    switch (left, right) {
    case (.ambiguous(let one), .ambiguous(let other)): one.utf8Start == other.utf8Start
    case (.fieldsTooLarge, .fieldsTooLarge): true
    case (.bodyTooLarge(let one), .bodyTooLarge(let other)): one == other
    default: false
    }
  }
}
