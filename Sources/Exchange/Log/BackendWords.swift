import Backends
import Bytes
import Configuration
import JSON

/// What a backend says about a failure, made fit for the log: without secrets, without what the request's messages say,
/// and short.
///
/// Backends quote what they refuse. So each run of ``shortestRun`` bytes that also occurs in a text of the request is
/// replaced by `…`, and so is a shorter text as a whole. For `debug` only: it reads the whole request.
struct BackendWords {
  private var words: [UInt8]
  /// Which of the words are hidden.
  private var isHidden: [Bool]
  /// How many bytes of texts may still be compared.
  private var budget = 256 * 1024

  /// The most bytes of words that are logged.
  private static let limit = 400
  /// How many equal bytes in a row are a quotation.
  private static let shortestRun = 16
  /// Half of it: a run has one whole block of the text, wherever it begins.
  private static let block = 8
  /// What is shorter may be any word.
  private static let shortestText = 4

  /// The words for the log about the request with this body; `nil` where the request is too long to be compared.
  static func forLog(
    _ reason: [UInt8], of integration: IntegrationSettings, request body: [UInt8]
  ) -> [UInt8]? {
    // Secrets first: one that is cut would not be found.
    let known = integration.masking(Array(reason.prefix(8 * limit)))
    var words = BackendWords(known.prefix(limit))
    guard let root = try? JSONDocument(body).root else { return nil }
    for part in [root["messages"], root["system"], root["user"], root["metadata"]] {
      if let part { words.hide(part) }
    }
    return words.budget >= 0 ? words.text : nil
  }

  private init(_ words: ArraySlice<UInt8>) {
    self.words = Array(words)
    isHidden = [Bool](repeating: false, count: words.count)
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

  /// Hides what the strings of a value say.
  private mutating func hide(_ value: JSONValue) {
    if let string = value.string {
      hide(string)
      // The backend may quote the request as it came.
      let raw = value.span.extracting(1..<value.span.count - 1)
      if !raw.equals(string.span) { hide(raw.copied) }
    } else if value.kind == .array {
      for element in value.elements { hide(element) }
    } else {
      for member in value.members where !member.isNamed("role") && !member.isNamed("type") {
        hide(member.value)
      }
    }
  }

  private mutating func hide(_ text: [UInt8]) {
    budget -= text.count
    guard budget >= 0, text.count >= BackendWords.shortestText else { return }
    let block = min(BackendWords.block, text.count)
    var place = 0
    while place + block <= text.count {
      for start in words.indices
      where start + block <= words.count && isEqual(start, text, place, block) {
        hide(around: start, text, place)
      }
      place += block
    }
  }

  private func isEqual(_ start: Int, _ text: [UInt8], _ place: Int, _ count: Int) -> Bool {
    for offset in 0..<count where words[start + offset] != text[place + offset] { return false }
    return true
  }

  /// Hides the run of equal bytes around a position, if it is long enough or the whole text.
  private mutating func hide(around start: Int, _ text: [UInt8], _ place: Int) {
    var (first, from) = (start, place)
    while first > 0, from > 0, words[first - 1] == text[from - 1] {
      (first, from) = (first - 1, from - 1)
    }
    var (end, to) = (start, place)
    while end < words.count, to < text.count, words[end] == text[to] {
      (end, to) = (end + 1, to + 1)
    }
    guard end - first >= BackendWords.shortestRun || to - from == text.count else { return }
    for index in first..<end { isHidden[index] = true }
  }
}
