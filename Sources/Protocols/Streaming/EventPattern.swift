import Bytes
import JSON

/// An event with a gap where its text stands.
///
/// Most events of a stream differ from the one before in their text alone. They need not be read once more: the bytes
/// around the gap are known to be JSON, and what they mean has been taken.
struct EventPattern {
  private let event: [UInt8]
  /// Where the text stands, without its quotes.
  private let gap: Range<Int>

  /// The pattern of an event; `text` is a string within it.
  init(of event: [UInt8], around text: JSONValue) {
    self.event = event
    gap = text.raw.indices.dropFirst().dropLast()
  }

  /// Where the text of another event stands, without its quotes; `nil` unless that differs in its text alone. O(n).
  func text(in other: Span<UInt8>) -> Range<Int>? {
    let (start, end) = (gap.lowerBound, gap.upperBound + other.count - event.count)
    guard end >= start,
      other.extracting(..<start).equals(event.span.extracting(..<start)),
      other.extracting(end...).equals(event.span.extracting(gap.upperBound...)),
      (try? JSONDocument.validate(other.extracting(start - 1..<end + 1))) != nil
    else { return nil }
    return start..<end
  }
}
