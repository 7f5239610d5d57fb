import Testing

@testable import Bytes

@Suite struct SipHashTests {
  /// From the reference implementation's vectors: the key is the bytes 0 to 15, the input the bytes
  /// 0 to `count` - 1.
  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
      (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5), (63, 0x958a_324c_eb06_4572),
    ] as [(Int, UInt64)])
  func matchesTheReference(count: Int, expected: UInt64) {
    let input = (0..<count).map { UInt8($0) }
    var whole = SipHash(key: .init(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
    var pieces = whole
    whole.combine(input.span)
    #expect(whole.finish() == expected)

    pieces.combine(input.span.extracting(0..<count / 3))
    pieces.combine(input.span.extracting(count / 3..<count))
    #expect(pieces.finish() == expected)
  }

  @Test func takesNumbersAsTheirBytes() {
    var number = SipHash(key: .init(1, 2))
    var bytes = number
    number.combine(number: 0x0807_0605_0403_0201)
    bytes.combine(([1, 2, 3, 4, 5, 6, 7, 8] as [UInt8]).span)
    let (left, right) = (number.finish(), bytes.finish())
    #expect(left == right)
  }
}
