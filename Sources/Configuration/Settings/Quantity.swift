package import Bytes

/// A kind of number in the file: a count, a time or a size.
package enum Quantity {
  case count
  /// A time in milliseconds. A number without a unit is in seconds.
  case duration
  /// A duration that may be a word instead, which the setting's type reads.
  case interval
  /// A number of bytes.
  case size

  static let gibibyte = 1 << 30
  /// The largest ring, in bytes: 4G; 1G where that does not fit the address space.
  #if _pointerBitWidth(_32)
    static let largestRing = gibibyte
  #else
    static let largestRing = 4 * gibibyte
  #endif
  /// In milliseconds.
  static let day = 86_400_000

  private var isTime: Bool { self == .duration || self == .interval }

  /// The units, smallest first: a suffix, and what it multiplies by.
  private var units: [(suffix: StaticString, factor: Int)] {
    switch self {
    case .count: []
    case .duration, .interval: Quantity.timeUnits
    case .size: Quantity.sizeUnits
    }
  }

  // Not in the function: Swift 6.3 numbers the constant arrays of one function, in an order that is not the same in
  // each module that the function is emitted into. The linker then mixes them up.
  private static let timeUnits: [(suffix: StaticString, factor: Int)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
  ]
  private static let sizeUnits: [(suffix: StaticString, factor: Int)] = [
    ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30),
  ]

  /// Reads digits and an optional suffix; `nil` for any other text. Numbers too large for `Int`, of either
  /// sign, become its limits.
  package func read(_ text: Span<UInt8>) -> Int? {
    let isNegative = text.hasPrefix("-")
    let start = isNegative ? 1 : 0
    var end = start
    while end < text.count, text[end].isASCIIDigit { end += 1 }
    guard end > start, let factor = factor(of: text.extracting(end..<text.count)) else {
      return nil
    }
    let number = Int(decimal: text.extracting(start..<end)) ?? Int.max
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return (overflow ? Int.max : product) * (isNegative ? -1 : 1)
  }

  /// A number as the file writes it, in the largest unit that keeps it whole.
  package func text(_ value: Int) -> Text {
    for unit in units.reversed() where value >= unit.factor && value % unit.factor == 0 {
      return "\(value / unit.factor)\(unit.suffix)"
    }
    return isTime ? "\(value)s" : "\(value)"
  }

  /// Suffixes of sizes may be in either case. Those of times are in lower case: `M` is not a minute.
  private func factor(of suffix: Span<UInt8>) -> Int? {
    if suffix.isEmpty { return isTime ? 1000 : 1 }
    for unit in units {
      if suffix.equals(unit.suffix) { return unit.factor }
      if self == .size, suffix.equalsIgnoringCase(unit.suffix) { return unit.factor }
    }
    return nil
  }
}
