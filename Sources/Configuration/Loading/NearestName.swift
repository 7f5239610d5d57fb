import Bytes

/// Suggests the known name that an unknown one probably means.
struct NearestName {
  /// The most pairs of letters to compare, a hundredth of a second: a serving gateway must not search for thousands
  /// of wrong names.
  private var budget = 4_000_000

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
      let distance = Self.distance(from: name, to: candidate.span)
      if distance <= most, distance < nearest?.distance ?? Int.max {
        nearest = (distance, candidate)
      }
    }
    if let nearest, nearest.distance <= 1 { return nearest.name }
    return known.first { Self.isBeginning(name, of: $0.span) } ?? nearest?.name
      ?? known.first { Self.shareEnd(name, $0.span) }
  }

  /// Restricted Damerau–Levenshtein distance. O(n · m).
  private static func distance(from a: Span<UInt8>, to b: Span<UInt8>) -> Int {
    // Three rows of the usual table, reused cyclically: this one, the last, and the one before.
    let width = b.count + 1
    var rows = [Int](repeating: 0, count: 3 * width)
    for j in 0..<width { rows[j] = j }
    for i in 1..<a.count + 1 {
      let (row, last, beforeLast) = (i % 3 * width, (i + 2) % 3 * width, (i + 1) % 3 * width)
      rows[row] = i
      for j in 1..<width {
        let (x, y) = (a[i - 1].lowercasedASCII, b[j - 1].lowercasedASCII)
        var least = min(rows[row + j - 1], rows[last + j]) + 1
        least = min(least, rows[last + j - 1] + (x == y ? 0 : 1))
        if i > 1, j > 1, x == b[j - 2].lowercasedASCII, y == a[i - 2].lowercasedASCII {
          least = min(least, rows[beforeLast + j - 2] + 1)
        }
        rows[row + j] = least
      }
    }
    return rows[a.count % 3 * width + b.count]
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
