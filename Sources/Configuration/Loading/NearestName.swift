import Bytes

/// Suggests the known name that an unknown one probably means.
struct NearestName {
  /// The most pairs of letters to compare, a hundredth of a second: a serving gateway must not search for thousands
  /// of wrong names.
  private var budget = 4_000_000

  /// Whether there is time for a search through as many letters.
  mutating func spend(_ letters: Int) -> Bool {
    budget -= letters
    return budget > 0
  }

  /// The nearest of the known names: the one with the fewest letters inserted, left out, replaced or
  /// swapped with their neighbour, the case of letters aside, if that is at most a third of them; else one
  /// that begins or ends with the unknown name, or the other way round; else `nil`. The first of equals. One that begins
  /// with the unknown name comes before those that are more than a letter away.
  mutating func find(_ name: Span<UInt8>, among known: [[UInt8]]) -> [UInt8]? {
    guard name.count <= 64, budget > 0 else { return nil }
    var nearest: (distance: Int, name: [UInt8])?
    for candidate in known {
      let length = max(name.count, candidate.count)
      let most = length == 1 ? 0 : (length + 2) / 3
      guard abs(name.count - candidate.count) <= most else { continue }
      budget -= name.count * candidate.count
      let distance = name.editDistance(to: candidate.span)
      if distance <= most, distance < nearest?.distance ?? Int.max {
        nearest = (distance, candidate)
      }
    }
    if let nearest, nearest.distance <= 1 { return nearest.name }
    return known.first { Self.isBeginning(name, of: $0.span) } ?? nearest?.name
      ?? known.first { Self.shareEnd(name, $0.span) }
  }

  /// Whether another name begins with this one of at least three letters.
  private static func isBeginning(_ name: Span<UInt8>, of other: Span<UInt8>) -> Bool {
    name.count >= 3 && other.extracting(first: name.count).equals(name)
  }

  /// Whether one of two names of at least three letters begins or ends with the other.
  private static func shareEnd(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    let length = min(a.count, b.count)
    guard length >= 3 else { return false }
    return a.extracting(first: length).equals(b.extracting(first: length))
      || a.extracting(last: length).equals(b.extracting(last: length))
  }
}
