import Context
import EventLoop
import Platform

/// Deletes conversations, one deletion after another, without keeping the loop from its other work.
///
/// A deletion that takes longer than a slice is continued in later turns of the loop.
final class ConversationEraser {
  /// How long a turn of the loop works on deletions.
  private static let slice = TimeSpan.milliseconds(4)
  /// The steps between two looks at the clock.
  private static let stepsPerLook = 16

  private struct Deletion {
    let selection: Erasure.Selection
    let completion: (_ conversations: Int) -> Void
  }

  private let resident: ResidentRing
  private let loop: EventLoop
  private let onChange: () -> Void
  /// Oldest first. The first one is under way.
  private var deletions: [Deletion] = []
  private var erasure: Erasure?

  /// An eraser that calls `onChange` after each slice.
  init(_ resident: ResidentRing, on loop: EventLoop, onChange: @escaping () -> Void) {
    self.resident = resident
    self.loop = loop
    self.onChange = onChange
  }

  /// Deletes conversations, and calls `completion` with their number once nothing of them is left in the ring: before
  /// this returns, or in a later turn.
  func erase(
    _ selection: Erasure.Selection, then completion: @escaping (_ conversations: Int) -> Void
  ) {
    deletions.append(Deletion(selection: selection, completion: completion))
    if deletions.count == 1 { work() }
  }

  /// Works for a slice, and continues in the next turn if something is left.
  private func work() {
    let end = loop.clock() + Self.slice
    while let deletion = deletions.first {
      var erasure = erasure ?? resident.ring.erasure(of: deletion.selection)
      self.erasure = nil
      let isOver = advance(&erasure, until: end)
      onChange()
      guard isOver else {
        self.erasure = erasure
        _ = loop.schedule(at: loop.now) { [self] in work() }
        return
      }
      deletion.completion(erasure.conversations)
      deletions.removeFirst()
    }
  }

  /// Does steps until the end of the slice. Returns whether the deletion is over.
  private func advance(_ erasure: inout Erasure, until end: Instant) -> Bool {
    repeat {
      for _ in 0..<Self.stepsPerLook where !resident.ring.advance(&erasure) { return true }
    } while loop.clock() < end
    resident.ring.reportChanges()
    return false
  }
}
