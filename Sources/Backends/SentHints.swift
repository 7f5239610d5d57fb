/// What requests have besides what was asked for, and how they name it, as far as the backend has not refused it.
package struct SentHints {
  /// The effort of the model, translated from the client's interface.
  package var effort = true
  /// That a stream is to report its usage: `stream_options`.
  package var usage = true
  /// The older name of the reply's limit, `max_tokens`, which OpenAI's reasoning models refuse.
  package var olderLimit = true

  /// A part of them.
  package enum Part {
    case effort
    case usage
    case olderLimit
  }

  /// All of them.
  package init() {}

  /// Leaves a part out from now on. Returns whether this is a change.
  package mutating func leaveOut(_ part: Part) -> Bool {
    switch part {
    case .effort:
      defer { effort = false }
      return effort
    case .usage:
      defer { usage = false }
      return usage
    case .olderLimit:
      defer { olderLimit = false }
      return olderLimit
    }
  }

  /// Leaves out what `other` does, too.
  package mutating func leaveOut(with other: SentHints) {
    effort = effort && other.effort
    usage = usage && other.usage
    olderLimit = olderLimit && other.olderLimit
  }
}
