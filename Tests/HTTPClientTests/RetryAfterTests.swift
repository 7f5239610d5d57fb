import Platform
import Testing

@testable import HTTPClient

@Suite struct RetryAfterTests {
  /// 1994-11-06T08:49:37Z, the moment of RFC 9110's examples.
  private static let example = WallTime(milliseconds: 784_111_777_000)

  @Test(
    arguments: [
      ("0", 0), ("2", 2), ("3600", 3600), ("00030", 30), ("99999999999", 365 * 86400),
      ("99999999999999999999999", 365 * 86400),
      ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sunday, 06-Nov-94 08:49:38 GMT", 1),
      ("Sun Nov  6 08:50:37 1994", 60), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      // A past date: at once.
      ("Sat, 05 Nov 1994 08:49:37 GMT", 0), ("Wed, 06 Nov 2094 08:49:37 GMT", 365 * 86400),
    ])
  func readsSecondsAndDates(value: String, seconds: Int) {
    #expect(parse(value) == .seconds(seconds))
  }

  @Test(arguments: [("2.5", 2500), ("0.05", 50), ("1.0009", 1000), ("0.000", 0)])
  func readsFractions(value: String, milliseconds: Int) {
    #expect(parse(value)?.milliseconds == milliseconds)
  }

  @Test(arguments: [("1500", 1500), ("0", 0), ("20.5", 20), ("soon", nil), ("-5", nil)])
  func readsMilliseconds(value: String, milliseconds: Int?) {
    let bytes = Array(value.utf8)
    #expect(RetryAfter.parse(milliseconds: bytes.span)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "soon", "-1", "+5", "2.", ".5", "2.5.1", "1e3", "10 seconds", "0x10", "2, 3", "Sunday",
  ])
  func takesNonsenseForNothing(value: String) {
    #expect(parse(value) == nil)
  }

  private func parse(_ value: String) -> TimeSpan? {
    let bytes = Array(value.utf8)
    return RetryAfter.parse(bytes.span, now: Self.example)
  }
}
