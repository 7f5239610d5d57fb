import Bytes

/// Money for a million tokens, exact to a millionth of its unit: `2.50`.
public struct Price: Equatable, Sendable {
  /// Whole units of money: 0 to 1,000,000.
  public let units: Int
  /// Millionths of a unit besides.
  public let millionths: Int

  private static let mostUnits = 1_000_000
  private static let places = 6

  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
    let fraction = text.extracting(min(point + 1, text.count)..<text.count)
    guard let units = Int(decimal: text.extracting(0..<point)),
      point == text.count || Int(decimal: fraction) != nil, point == 1 || text[0] != 0x30
    else {
      throw InvalidValue("\(value.quoted) is not a price; write a number such as 2.50")
    }
    guard units < Self.mostUnits, fraction.count <= Self.places else {
      throw InvalidValue(
        "\(value.subject) is not a price below \(Self.mostUnits) with at most \(Self.places) decimals"
      )
    }
    var millionths = Int(decimal: fraction) ?? 0
    for _ in fraction.count..<Self.places { millionths *= 10 }
    self.units = units
    self.millionths = millionths
  }
}
