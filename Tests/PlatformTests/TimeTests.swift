import Testing
import TestSupport

@testable import Platform

@Suite struct TimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (1, "1970-01-01T00:00:00.001Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    (-86_400_000, "1969-12-31T00:00:00.000Z", "Wed, 31 Dec 1969 00:00:00 GMT"),
    (784_111_777_000, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
    (946_684_799_999, "1999-12-31T23:59:59.999Z", "Fri, 31 Dec 1999 23:59:59 GMT"),
    // A century that is a leap year, one that is not, and a leap year.
    (951_782_400_000, "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
    (1_709_251_199_050, "2024-02-29T23:59:59.050Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
    (1_709_251_200_000, "2024-03-01T00:00:00.000Z", "Fri, 01 Mar 2024 00:00:00 GMT"),
    // After 2038, and the last moment of RFC 3339.
    (2_147_483_648_007, "2038-01-19T03:14:08.007Z", "Tue, 19 Jan 2038 03:14:08 GMT"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func writesCivilTime(milliseconds: Int64, precise: String, date: String) {
    let time = WallTime(milliseconds: milliseconds)
    var (exact, rounded, http) = (bytes("at "), [UInt8](), [UInt8]())
    time.append(to: &exact, precision: .milliseconds)
    time.append(to: &rounded, precision: .seconds)
    time.appendHTTPDate(to: &http)
    #expect(text(exact) == "at " + precise)
    #expect(text(rounded) == precise.prefix(19) + "Z")
    #expect(text(http) == date)
  }

  @Test func knowsWhatTimeItIs() {
    // 2025-01-01; the build is later.
    #expect(WallTime.now.milliseconds > 1_735_689_600_000)
    let first = Instant.now
    #expect(Instant.now >= first)
  }

  @Test(
    arguments: [
      (nanoseconds: 0, down: 0, up: 0), (1, 0, 1), (999_999, 0, 1), (1_000_000, 1, 1),
      (1_000_001, 1, 2), (-1, -1, 0), (-999_999, -1, 0), (-1_000_000, -1, -1), (-1_500_000, -2, -1),
      (.max, 9_223_372_036_854, 9_223_372_036_855),
    ] as [(Int64, Int, Int)])
  func roundsMilliseconds(nanoseconds: Int64, down: Int, up: Int) {
    let span = TimeSpan(nanoseconds: nanoseconds)
    #expect(span.milliseconds == down)
    #expect(span.millisecondsRoundedUp == up)
  }

  /// Longer than 32 bits of milliseconds, which are 25 days.
  @Test func countsLongSpans() {
    #expect(TimeSpan.seconds(2_000_000_000).nanoseconds == 2_000_000_000_000_000_000)
    #expect(TimeSpan(nanoseconds: .max).secondsRoundedUp == Int(clamping: 9_223_372_037 as Int64))
  }

  @Test func reckons() {
    let start = Instant(nanoseconds: 5)
    #expect(start + .milliseconds(3) == Instant(nanoseconds: 3_000_005))
    #expect((start + .seconds(2)) - start == .milliseconds(2000))
    #expect(start - (start + .seconds(2)) == .seconds(-2))
    #expect(start - .seconds(1) < start)
    #expect(TimeSpan.seconds(3) - .milliseconds(1) < .seconds(3))
  }
}
