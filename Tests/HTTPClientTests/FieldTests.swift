import CCurl
import Testing
import TestSupport

@testable import HTTPClient

@Suite struct FieldTests {
  @Test func keepsLinesInOrder() {
    var lines = FieldLines()
    #expect(lines.bytes.isEmpty)
    lines.append("X-One", bytes("1").span)
    lines.append("X-Two", bytes("a: b").span)
    #expect(lines.bytes == bytes("X-One: 1\r\nX-Two: a: b"))
  }

  /// The list is filled again and again, with more and fewer fields than it has room for.
  @Test func putsLinesInFrontOfTheSharedOnes() {
    let shared = curl_slist_append(curl_slist_append(nil, "Expect:"), "X-Shared: s")
    defer { curl_slist_free_all(shared) }
    var list = FieldList()
    for count in [0, 1, 8, 9, 0, 40, 2] {
      for filling in [0, 5, 248, 249, 300] {
        var lines = FieldLines()
        var expected: [String] = []
        for number in 0..<count {
          let value = "\(number)" + String(repeating: "v", count: filling)
          lines.append("X-Own", bytes(value).span)
          expected.append("X-Own: \(value)")
        }
        let own = count == 0 ? [] : [expected.joined(separator: "\r\n")]
        #expect(texts(list.fill(with: lines, before: shared)) == own + ["Expect:", "X-Shared: s"])
        #expect(texts(list.fill(with: lines, before: nil)) == own)
      }
    }
    #expect(texts(shared) == ["Expect:", "X-Shared: s"])
  }

  private func texts(_ list: UnsafeMutablePointer<curl_slist>?) -> [String] {
    sequence(first: list) { $0?.pointee.next }.prefix { $0 != nil }
      .map { String(cString: $0!.pointee.data) }
  }
}
