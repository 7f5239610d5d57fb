import Testing
import TestSupport

@testable import Platform

@Suite struct RandomSourceTests {
  @Test func makesIdentifiersThatNeverRepeat() {
    let random = RandomSource()
    var seen: Set<[UInt8]> = []
    for _ in 0..<100_000 { seen.insert(random.identifier("msg_")) }
    #expect(seen.count == 100_000)
  }

  @Test func writesIdentifiersInHexadecimalDigits() {
    let random = RandomSource()
    let identifiers = (0..<1000).map { _ in text(random.identifier("msg_")) }
    for identifier in identifiers {
      #expect(identifier.wholeMatch(of: /msg_[0-9a-f]{24}/) != nil)
    }
    // Every digit occurs in every place: 1000 draws miss one of 16 with a probability of 10^-26.
    for place in 4..<28 { #expect(Set(identifiers.map { Array($0.utf8)[place] }).count == 16) }
  }

  @Test func drawsAnew() {
    #expect(RandomSource().next() != RandomSource().next())
  }

  @Test(arguments: [0, 1, 7, 8, 9, 1000]) func givesAsManyBytesAsAskedFor(count: Int) {
    let random = RandomSource()
    let bytes = random.bytes(count)
    #expect(bytes.count == count)
    #expect(count < 8 || bytes != random.bytes(count))
  }
}
