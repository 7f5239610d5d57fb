import Bytes
import Testing

@testable import Configuration

@Suite struct DecimalNumberTests {
  @Test(
    arguments: [
      ("0", 0, 0, true), ("-0", 0, 0, true), ("-0.0", 0, 0, true), ("5", 0, 5, true),
      ("5.0", 0, 5, true), ("5e0", 0, 5, true), ("0.5E1", 0, 5, true), ("50e-1", 0, 5, true),
      ("1e3", 0, 1000, true), ("-7", 0, -7, true), ("5.5", 0, 6, false), ("5.4", 0, 5, false),
      ("5.0000000000000000000000001", 0, 5, false), ("1.5", 3, 1500, true),
      ("0.001", 3, 1, true), ("0.0004", 3, 0, false), ("0.0005", 3, 1, false),
      ("40065.57180946624", 3, 40_065_572, false), ("0.07100000000000001", 3, 71, false),
      ("1e-400", 3, 0, false), ("0e99999999999999999999", 0, 0, true),
      ("999999999999999999", 0, 999_999_999_999_999_999, true),
    ] as [(String, Int, Int, Bool)])
  func reads(text: String, places: Int, value: Int, isExact: Bool) {
    let bytes = Array(text.utf8)
    let number = DecimalNumber(json: bytes.span, shiftedBy: places)
    #expect(number?.value == value)
    #expect(number?.isExact == isExact)
  }

  @Test(arguments: ["1e18", "1e400", "12345678901234567890", "1e99999999999999999999"])
  func hasALimit(text: String) {
    let bytes = Array(text.utf8)
    #expect(DecimalNumber(json: bytes.span, shiftedBy: 0) == nil)
  }
}
