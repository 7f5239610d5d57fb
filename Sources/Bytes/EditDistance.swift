extension Span<UInt8> {
  /// How many letters must be inserted, left out, replaced or swapped with their neighbour to make one text of the other,
  /// the case of ASCII letters aside: restricted Damerau–Levenshtein distance. O(n · m).
  public func editDistance(to other: Span<UInt8>) -> Int {
    // Three rows of the usual table, reused cyclically: this one, the last, and the one before.
    let width = other.count + 1
    var rows = [Int](repeating: 0, count: 3 * width)
    for j in 0..<width { rows[j] = j }
    for i in 1..<count + 1 {
      let (row, last, beforeLast) = (i % 3 * width, (i + 2) % 3 * width, (i + 1) % 3 * width)
      rows[row] = i
      for j in 1..<width {
        let (x, y) = (self[i - 1].lowercasedASCII, other[j - 1].lowercasedASCII)
        var least = min(rows[row + j - 1], rows[last + j]) + 1
        least = min(least, rows[last + j - 1] + (x == y ? 0 : 1))
        if i > 1, j > 1, x == other[j - 2].lowercasedASCII, y == self[i - 2].lowercasedASCII {
          least = min(least, rows[beforeLast + j - 2] + 1)
        }
        rows[row + j] = least
      }
    }
    return rows[count % 3 * width + other.count]
  }
}
