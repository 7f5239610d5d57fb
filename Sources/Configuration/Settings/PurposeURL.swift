import Bytes
public import Protocols

extension BackendURL {
  /// Where a backend serves a purpose: in OpenAI's interface, at the path beside the one that the URL names.
  ///
  /// A path that names none is the base of all, or, with `isOnly`, that of this purpose.
  public func text(for purpose: Purpose, isOnly: Bool) -> [UInt8] {
    let query = text.firstIndex(of: UInt8(ascii: "?")) ?? text.count
    var base = text.span.extracting(first: query)
    while base.count > pathStart, base[base.count - 1] == UInt8(ascii: "/") {
      base = base.extracting(droppingLast: 1)
    }
    var isNamed = purpose == .tokenCount
    // Chat is the first, and its path ends in that of completions.
    for known in Purpose.allCases where !isNamed && base.hasSuffix(known.path) {
      base = base.extracting(droppingLast: known.path.utf8CodeUnitCount)
      isNamed = true
    }
    if !isNamed, isOnly { return text }
    return base.copied + [UInt8](purpose.path) + text[query...]
  }
}

extension Span<UInt8> {
  fileprivate func hasSuffix(_ end: StaticString) -> Bool {
    extracting(last: end.utf8CodeUnitCount).equals(end)
  }
}
