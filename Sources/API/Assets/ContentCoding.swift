import Bytes

/// What a client says about compressed responses: RFC 9110 section 12.5.3.
enum ContentCoding {
  /// Whether the value of `Accept-Encoding` allows gzip, by name or by `*`, with a weight above 0.
  static func isGzipAccepted(_ list: Span<UInt8>) -> Bool {
    var acceptsAny = false
    var start = 0
    while start <= list.count {
      let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
      let element = list.extracting(start..<end)
      start = end + 1
      let coding = element.mediaType
      if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") {
        return !hasNoWeight(element)
      }
      if coding.equals("*") { acceptsAny = !hasNoWeight(element) }
    }
    return acceptsAny
  }

  /// Whether an element's weight is 0: `;q=0`, with up to three zeros after a point.
  private static func hasNoWeight(_ element: Span<UInt8>) -> Bool {
    guard let semicolon = element.firstIndex(of: UInt8(ascii: ";")) else { return false }
    let weight = element.extracting(droppingFirst: semicolon + 1).trimmingBlanks
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
