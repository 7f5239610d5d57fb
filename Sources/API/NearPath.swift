import Bytes
import HTTPServer

extension Endpoint {
  /// The path of the table that an unknown path probably means; `nil` where none is near.
  ///
  /// Near are paths that lack `/v1` or have more before it (`/v1/v1/messages`, where a base address has it already), have a
  /// slash at the end, or have a few wrong letters in segments that the table gives.
  static func nearPath(to path: PathSegments, withOllama: Bool) -> StaticString? {
    guard 1...mostSegments ~= path.count else { return nil }
    let isOpenEnded = path[path.count - 1].isEmpty
    let count = isOpenEnded ? path.count - 1 : path.count
    var nearest: (cost: Int, text: StaticString)?
    for endpoint in all where withOllama || !endpoint.path.isOllama {
      // How many segments the path lacks; where fewer than none, how many it has before.
      for skipped in -2...1 {
        guard let cost = endpoint.path.cost(of: path, count, skipping: skipped) else { continue }
        if cost < nearest?.cost ?? mostCost + 1 { nearest = (cost, endpoint.path.text) }
      }
    }
    return nearest?.text
  }

  /// The most segments of a path that is compared: those that ``PathSegments`` keeps.
  private static let mostSegments = 8
  /// The most differences of a path that is near.
  private static let mostCost = 3
}

extension PathPattern {
  /// How many differences there are between a path's first `count` segments and this pattern, whose first `skipped`
  /// segments the path lacks, or has that many more; `nil` where they are too different.
  fileprivate func cost(of path: PathSegments, _ count: Int, skipping skipped: Int) -> Int? {
    let pattern = text.span
    var (start, place, cost) = (1, -skipped, abs(skipped))
    while start <= pattern.count {
      let end = pattern.firstIndex(of: UInt8(ascii: "/"), from: start) ?? pattern.count
      let wanted = pattern.extracting(start..<end)
      start = end + 1
      defer { place += 1 }
      if place < 0 {
        guard wanted.equals("v1") else { return nil }
        continue
      }
      guard place < count, let difference = Self.difference(wanted, path[place]) else { return nil }
      cost += difference
    }
    return place == count ? cost : nil
  }

  /// Two names differ in at most a third of their letters.
  private static func difference(_ wanted: Span<UInt8>, _ given: Span<UInt8>) -> Int? {
    if given.isEmpty { return nil }
    if wanted.hasPrefix("{") || wanted.equals(given) { return 0 }
    let most = (wanted.count + 1) / 3
    guard abs(wanted.count - given.count) <= most else { return nil }
    let distance = wanted.editDistance(to: given)
    return distance <= most ? distance : nil
  }
}
