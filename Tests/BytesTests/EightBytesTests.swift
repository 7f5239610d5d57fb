import Testing

@testable import Bytes

/// A search by eight bytes finds the same as a search byte by byte.
@Suite struct EightBytesTests {
  /// Bytes that a test could confuse: letters, and bytes that differ by 0x20 from one that is not a letter.
  private static let alphabet: [UInt8] = [
    0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x21, 0x23, 0x40, 0x41, 0x5A, 0x5B, 0x60, 0x61, 0x7A,
    0x7B, 0x7E,
    0x7F, 0x80, 0xC1, 0xE1, 0xFF,
  ]

  private static func text(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [UInt8] {
    (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
  }

  @Test func marksTheBytesThatAreMeant() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<8 {
        // "a" is neither a control character nor equal to what is looked for.
        let shift = UInt64(8 * place)
        let word = 0x6161_6161_6161_6161 & ~(0xFF << shift) | UInt64(byte) << shift
        let mark: UInt64 = 0x80 << shift
        if byte != 0x61 {
          let found = word.bytes(equalTo: byte)
          #expect(found & mark != 0 && found.bytesBeforeMark == place, "\(byte)")
        }
        #expect(word.controlBytes == (byte.isControl ? mark : 0), "\(byte)")
        #expect(word.bytes(below: 0x21) == (byte < 0x21 ? mark : 0), "\(byte)")
        let isInName = byte.isASCIILetter || byte == UInt8(ascii: "-")
        #expect(word.hasOnlyLettersAndHyphens == isInName, "\(byte)")
        #expect(word.nonASCIIBytes == (byte >= 0x80 ? mark : 0))
        if byte.isControl { #expect(word.controlBytes.bytesBeforeMark == place) }
      }
    }
  }

  /// A mark on one byte does not spread to the next.
  @Test func tellsNamesFromWhatIsNearThem() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        let text = [UInt8(ascii: "-"), first, second, 0x2D, 0x2D, 0x61, 0x5A, 0x2D]
        let isName = text.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "-") }
        #expect(text.span.word(at: 0).hasOnlyLettersAndHyphens == isName, "\(text)")
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func findsAndComparesLikeASearchByteByByte(seed: UInt64) {
    var generator = SequenceGenerator(state: seed)
    for round in 0..<20_000 {
      let text = Self.text(round % 40, &generator)
      var other = text
      if !other.isEmpty, round % 3 > 0 {
        let place = Int.random(in: other.indices, using: &generator)
        other[place] =
          round % 3 == 1 ? other[place] ^ 0x20 : Self.alphabet.randomElement(using: &generator)!
      }
      let (one, two) = (text.span, other.span)
      #expect(one.equals(two) == (text == other), "\(text) \(other)")
      let areSame = zip(text, other).allSatisfy { $0.lowercasedASCII == $1.lowercasedASCII }
      #expect(one.equalsIgnoringCase(two) == areSame, "\(text) \(other)")
      let byte = Self.alphabet.randomElement(using: &generator)!
      let start = Int.random(in: 0...text.count + 1, using: &generator)
      let found = text.indices.first { $0 >= start && text[$0] == byte }
      #expect(one.firstIndex(of: byte, from: start) == found, "\(byte) in \(text) from \(start)")
      let lineBreak = text.indices.first { $0 >= start && (text[$0] == 0x0A || text[$0] == 0x0D) }
      #expect(one.firstLineBreak(from: start) == lineBreak, "\(text) from \(start)")
    }
  }

  /// Knuth's linear congruential generator: the same numbers in every run.
  private struct SequenceGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }
}
