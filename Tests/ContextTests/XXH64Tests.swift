import Testing

@testable import Context

@Suite struct XXH64Tests {
  /// From the reference implementation, version 0.8: the input is the bytes 131 i + 7, modulo 256.
  @Test(
    arguments: [
      (0, 0, 0xef46_db37_51d8_e999), (0, 0x9e37_79b1_85eb_ca8d, 0x0b30_3d92_0ec3_49df),
      (1, 0, 0xa96c_7f0c_e858_bbb7), (3, 0, 0xbed4_3740_ee63_32bb),
      (4, 0, 0xfa21_2ae4_4b3b_b23d), (8, 0, 0x994b_676b_71ce_94dd),
      (14, 0, 0x5742_6937_7227_d80a), (31, 0, 0x6711_d55e_306b_5d8f),
      (32, 0, 0x07f7_b8e3_bc5d_6e25), (33, 0, 0x09f8_5eeb_4e1c_be9f),
      (63, 0, 0xb7c9_968c_066c_b6a5), (64, 0x9e37_79b1_85eb_ca8d, 0xeb82_8ec9_fd6b_56c5),
      (100, 0, 0x9dda_da11_d3dc_2d8f), (1024, 0x9e37_79b1_85eb_ca8d, 0xd4e8_2ba0_8950_9469),
      (1027, 0, 0x6226_8d13_9715_8f64),
      (1027, 0x9e37_79b1_85eb_ca8d, 0x9f17_9728_8036_9d9c),
    ] as [(Int, UInt64, UInt64)])
  func matchesTheReference(count: Int, seed: UInt64, expected: UInt64) {
    let input = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) }
    #expect(XXH64.hash(input.span, seed: seed) == expected)
  }
}
