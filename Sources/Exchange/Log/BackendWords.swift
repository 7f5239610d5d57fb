import Backends
import Bytes
import Configuration
import JSON

/// What a backend says about a failure, made fit for the log: without secrets, without what the request says, and short.
///
/// Backends quote what they refuse, often with other blanks and capitals, which are therefore compared as equal. Replaced
/// by `…` is each run of 8 bytes that also occurs in a text of the request; a text of 4 to 7 bytes as a whole; and
/// what is in quotes, if it is a part of a text. For `debug` only: it reads the whole request.
struct BackendWords {
  private let words: [UInt8]
  /// Which of the words are hidden.
  private var isHidden: [Bool]
  /// The folded words: for each byte its place in the words, and the bytes up to it.
  private var places: [Int] = []
  private var tails: [Int] = []
  /// Whether a tail with this hash is among them.
  private var isKnown = [Bool](repeating: false, count: 65536)
  /// What is in quotes and shorter than a run: the index of its last byte, and from bit 16 on its length.
  private var quoted: [Int] = []
  /// How many comparisons may still be made.
  private var budget = 4 << 20

  /// The most bytes of words that are logged.
  private static let limit = 400
  /// How many equal bytes in a row are a quotation. They fit an `Int`.
  private static let run = 8
  /// What is shorter may be any word.
  private static let shortestText = 4
  /// How many comparisons a byte of a text costs, beside those with what is in quotes.
  private static let costOfByte = 8

  /// The words for the log about the request with this body; `nil` where the request is too long to be compared.
  static func forLog(
    _ reason: [UInt8], of integration: IntegrationSettings, request body: [UInt8]
  ) -> [UInt8]? {
    // Secrets first: one that is cut would not be found.
    let known = integration.masking(Array(reason.prefix(8 * limit)))
    var words = BackendWords(known.prefix(limit))
    guard let root = try? JSONDocument(body).root else { return nil }
    words.hide(root)
    return words.budget >= 0 ? words.text : nil
  }

  private init(_ words: ArraySlice<UInt8>) {
    self.words = Array(words)
    isHidden = [Bool](repeating: false, count: words.count)
    var folded = FoldedTail()
    for index in self.words.indices where folded.take(self.words[index]) {
      places.append(index)
      tails.append(folded.bytes)
      if folded.count >= BackendWords.run { isKnown[folded.hash] = true }
      switch self.words[index] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): noteQuotation()
      default: break
      }
    }
  }

  /// Notes what is between the last byte, a quote, and the quote before it.
  private mutating func noteQuotation() {
    let quote = tails[tails.count - 1] & 0xFF
    var last = tails.count - 2
    // The quotes of a quoted JSON text are escaped.
    if last >= 0, tails[last] & 0xFF == 0x5C { last -= 1 }
    var length = 0
    while length <= last, length < BackendWords.run, tails[last - length] & 0xFF != quote {
      length += 1
    }
    guard length > 0, length <= last, length < BackendWords.run else { return }
    quoted.append(length << 16 | last)
  }

  private var text: [UInt8] {
    var text: [UInt8] = []
    for index in words.indices {
      let byte = words[index]
      if isHidden[index] {
        if index == 0 || !isHidden[index - 1] { text += [UInt8]("…") }
      } else if byte < 0x20 || byte == 0x7F {
        text.append(UInt8(ascii: " "))
      } else if byte & 0xE0 == 0x80, index > 0, words[index - 1] == 0xC2 {
        // A control character of two bytes, U+0080 to U+009F.
        text[text.count - 1] = UInt8(ascii: " ")
      } else {
        text.append(byte)
      }
    }
    return text
  }

  /// Hides what the strings of a value say, except for words of the interface.
  private mutating func hide(_ value: JSONValue) {
    if let string = value.string {
      hide(string)
      // The backend may quote the request as it came.
      let raw = value.span.extracting(1..<value.span.count - 1)
      if !raw.equals(string.span) { hide(raw.copied) }
    } else if value.kind == .array {
      for element in value.elements { hide(element) }
    } else {
      for member in value.members {
        let isWord =
          member.isNamed("role") || member.isNamed("type") || member.isNamed("model")
        if !isWord || member.value.kind != .string { hide(member.value) }
      }
    }
  }

  private mutating func hide(_ text: [UInt8]) {
    guard text.count >= BackendWords.shortestText else { return }
    budget -= text.count * (BackendWords.costOfByte + quoted.count)
    guard budget >= 0 else { return }
    var folded = FoldedTail()
    for byte in text where folded.take(byte) {
      if folded.count >= BackendWords.run, isKnown[folded.hash] {
        hide(folded.bytes, BackendWords.run)
      }
      for quotation in quoted {
        let (last, length) = (quotation & 0xFFFF, quotation >> 16)
        if FoldedTail.areEqual(tails[last], folded.bytes, length) { hide(last, length: length) }
      }
    }
    folded.dropBlank()
    if folded.count >= BackendWords.shortestText, folded.count < BackendWords.run {
      hide(folded.bytes, folded.count)
    }
  }

  /// Hides these bytes wherever they are.
  private mutating func hide(_ bytes: Int, _ length: Int) {
    budget -= tails.count
    guard budget >= 0, length <= tails.count else { return }
    for last in length - 1..<tails.count where FoldedTail.areEqual(tails[last], bytes, length) {
      hide(last, length: length)
    }
  }

  private mutating func hide(_ last: Int, length: Int) {
    for index in places[last - length + 1]...places[last] { isHidden[index] = true }
  }
}

/// The last eight bytes of a text in small letters, with one blank for each run of blanks and none at the start.
private struct FoldedTail {
  /// The bytes as a number. None of them is 0.
  private(set) var bytes = 0
  /// How many bytes there were.
  private(set) var count = 0

  /// 0 to 65535.
  var hash: Int { Int((UInt64(truncatingIfNeeded: bytes) &* 0x9E37_79B9_7F4A_7C15) >> 48) }

  /// Appends a byte. Returns whether it counts.
  mutating func take(_ byte: UInt8) -> Bool {
    let isBlank = byte <= 0x20
    if isBlank, count == 0 || bytes & 0xFF == 0x20 { return false }
    bytes = bytes &<< 8 | Int(isBlank ? 0x20 : byte.lowercasedASCII)
    count += 1
    return true
  }

  /// Removes a blank at the end, of a text of at most eight bytes.
  mutating func dropBlank() {
    guard bytes & 0xFF == 0x20 else { return }
    bytes >>= 8
    count -= 1
  }

  /// Whether the last `length` bytes are equal.
  static func areEqual(_ one: Int, _ other: Int, _ length: Int) -> Bool {
    (one ^ other) &<< (64 - 8 * length) == 0
  }
}
