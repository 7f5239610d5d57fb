import TestSupport

/// Makes random JSON texts, and damages them.
struct JSONTextGenerator {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(stream: seed) }

  /// A valid text of values that are nested `depth` deep at most.
  mutating func text(depth: Int = 4) -> String {
    space() + value(depth: depth) + space()
  }

  /// The text with some bytes changed, inserted or removed.
  mutating func spoil(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let byte = Self.significant.randomElement(using: &random)!
      let index = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.insert(byte, at: index)
      case 1 where index < bytes.count: bytes[index] = byte
      case 2 where index < bytes.count: bytes.remove(at: index)
      default: bytes.append(byte)
      }
    }
    return bytes
  }

  private static let significant =
    Array("{}[]\",:\\/u0123456789abcdefntr-+.eE \t\n\r\u{1}\u{7F}é€😀".utf8) + [0xC0, 0xFF]

  private mutating func pick(_ choices: [String]) -> String {
    choices.randomElement(using: &random)!
  }

  private mutating func space() -> String { pick(["", "", "", " ", "\n", "\t", "\r\n  "]) }

  private mutating func value(depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0: return pick(["true", "false", "null"])
    case 1, 2: return number()
    case 3, 4: return string()
    case 5: return list("[", "]") { $0.value(depth: depth - 1) }
    default:
      return list("{", "}") {
        $0.string() + $0.space() + ":" + $0.space() + $0.value(depth: depth - 1)
      }
    }
  }

  private mutating func list(
    _ open: String, _ close: String, _ item: (inout Self) -> String
  ) -> String {
    var items: [String] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      items.append(space() + item(&self) + space())
    }
    return open + (items.isEmpty ? space() : items.joined(separator: ",")) + close
  }

  private mutating func number() -> String {
    pick(["", "-"]) + pick(["0", "7", "10", "1234567", "999"])
      + pick(["", "", ".0", ".25", ".003"])
      + pick(["", "", "", "e1", "E+2", "e-3", "e00"])
  }

  private mutating func string() -> String {
    var text = "\""
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      text += pick([
        "a", "plain text", " ", "é", "€", "😀", "\u{7F}", #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#,
        #"\n"#, #"\r"#, #"\t"#, #"\u0041"#, #"\u00e9"#, #"\uD83D\ude00"#, #"\u0000"#, "[", "}", ",",
        ":",
      ])
    }
    return text + "\""
  }
}
