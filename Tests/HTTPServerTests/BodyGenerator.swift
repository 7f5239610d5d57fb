/// Random bodies in chunks: sound ones, most of them damaged at one place or two.
enum BodyGenerator {
  static func body(using generator: inout some RandomNumberGenerator) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let size = Int.random(in: 1...20, using: &generator)
      text += line(size, using: &generator)
      text += (0..<size).map { _ in fillings.randomElement(using: &generator)! }
      text += [13, 10]
    }
    text += line(0, using: &generator)
    for _ in 0..<Int.random(in: -3...2, using: &generator).clamped {
      text += pick(trailers, &generator)
    }
    text += [13, 10]
    if Bool.random(using: &generator) { text += Array("GET / HTTP/1.1\r\n".utf8) }
    for _ in 0..<Int.random(in: -1...2, using: &generator).clamped { damage(&text, &generator) }
    return text
  }

  private static let fillings = Array("ab0;:\r\n\"".utf8)
  private static let trailers = ["A: b\r\n", "C:\r\n", "d:\te \r\n", "X-Y: \u{e9}\r\n"]
  private static let extensions = [
    "", "", "", ";a", ";a=b", ";a=\"b;c\"", "; a = b", ";a=\"\\\"\"", ";a;b=c", ";a=b ;c",
  ]
  private static let pieces = [
    "\r", "\n", "\r\n", " ", "\t", ";", "=", "\"", ":", "0", "1", "f", "+", "-", "0x", "\u{0}",
    "\\",
    "Host: a\r\n", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff",
  ]

  private static func line(
    _ size: Int, using generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    let zeros = String(repeating: "0", count: Int.random(in: -8...3, using: &generator).clamped)
    let digits = String(size, radix: 16, uppercase: .random(using: &generator))
    return Array((zeros + digits).utf8) + pick(extensions, &generator) + [13, 10]
  }

  private static func pick(
    _ texts: [String], _ generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    Array(texts.randomElement(using: &generator)!.utf8)
  }

  /// Takes a byte away, puts something in, or changes a byte.
  private static func damage(
    _ text: inout [UInt8], _ generator: inout some RandomNumberGenerator
  ) {
    let place = text.indices.randomElement(using: &generator)!
    switch Int.random(in: 0...3, using: &generator) {
    case 0: text.remove(at: place)
    case 1: text[place] = .random(in: 0...255, using: &generator)
    default: text.insert(contentsOf: pick(pieces, &generator), at: place)
    }
  }
}

extension Int {
  /// This number, or 0 if it is negative.
  fileprivate var clamped: Int { Swift.max(0, self) }
}
