import Bytes

/// The values of `Accept` and of `Accept-Encoding`: names with weights; RFC 9110 section 12.4.2.
enum AcceptList {
  /// Whether a list accepts a name; `nil` if it does not have the name.
  static func accepts(_ name: StaticString, in list: Span<UInt8>) -> Bool? {
    var start = 0
    while start <= list.count {
      let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
      let element = list.extracting(start..<end)
      start = end + 1
      if element.mediaType.equalsIgnoringCase(name) { return !hasNoWeight(element) }
    }
    return nil
  }

  /// Whether an element's weight is 0: `;q=0`, with up to three zeros after a point. Other parameters may precede it.
  private static func hasNoWeight(_ element: Span<UInt8>) -> Bool {
    var start = 0
    while let semicolon = element.firstIndex(of: UInt8(ascii: ";"), from: start) {
      start = semicolon + 1
    }
    let weight = element.extracting(droppingFirst: start).trimmingBlanks
    guard weight.count > 2, weight.extracting(first: 2).equalsIgnoringCase("q=") else {
      return false
    }
    for index in 2..<weight.count
    where weight[index] != UInt8(ascii: "0") && weight[index] != UInt8(ascii: ".") {
      return false
    }
    return true
  }
}
