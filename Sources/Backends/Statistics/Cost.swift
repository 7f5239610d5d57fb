import Bytes
package import Configuration
package import Protocols

/// An amount of money, exact to 10^-12 of its unit: what a token may cost.
package struct Cost: Equatable {
  /// Whole units of money.
  package private(set) var units: Int64
  /// Parts of a unit besides: less than ``scale``.
  package private(set) var parts: Int64

  /// Parts in a unit.
  private static let scale: Int64 = 1_000_000_000_000

  /// An amount from its parts, of which there may be more than a unit has.
  package init(units: Int64 = 0, parts: Int64 = 0) {
    self.units = units &+ parts / Self.scale
    self.parts = parts % Self.scale
  }

  /// What tokens cost. At most 10^12 of them, so that nothing overflows.
  init(_ tokens: Int, at price: Price) {
    let tokens = Int64(tokens)
    let whole = tokens * Int64(price.units)
    self.init(units: whole / 1_000_000, parts: whole % 1_000_000 * 1_000_000)
    self += Cost(parts: tokens * Int64(price.millionths))
  }

  /// Adds an amount.
  @inline(never)
  package static func += (cost: inout Cost, other: Cost) {
    cost = Cost(units: cost.units &+ other.units, parts: cost.parts + other.parts)
  }

  /// Takes an amount away that was added before.
  static func -= (cost: inout Cost, other: Cost) {
    let borrows = cost.parts < other.parts
    cost.units = cost.units &- other.units &- (borrows ? 1 : 0)
    cost.parts += (borrows ? scale : 0) - other.parts
  }

  /// The amount as a JSON number, without needless digits: `0.00325`.
  @inline(never)
  package var text: [UInt8] {
    var text: [UInt8] = []
    text.append(decimal: units)
    guard parts > 0 else { return text }
    text.append(".")
    text.append(decimal: parts, width: 12)
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    return text
  }
}

extension IntegrationSettings {
  /// What a reply has cost; `nil` without a price. Cached tokens cost what others do, unless they have a price of
  /// their own.
  package func cost(of usage: TokenUsage) -> Cost? {
    guard hasPrice else { return nil }
    var cost = Cost()
    let input = usage.input ?? 0
    let cached = priceCached == nil ? 0 : usage.cached ?? 0
    if let priceInput { cost += Cost(max(0, input - cached), at: priceInput) }
    if let priceCached { cost += Cost(cached, at: priceCached) }
    if let priceOutput { cost += Cost(usage.output ?? 0, at: priceOutput) }
    return cost
  }
}
