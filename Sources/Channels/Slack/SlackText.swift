import Bytes

/// The text of Slack's messages; https://api.slack.com/reference/surfaces/formatting#retrieving-messages
enum SlackText {
  /// A text without Slack's escapes: `<https://a.example|the page>` is `the page (https://a.example)`, `&amp;` is `&`.
  static func plain(_ text: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "<"),
        let end = text.firstIndex(of: UInt8(ascii: ">"), from: index)
      {
        append(reference: text.extracting(index + 1..<end), to: &result)
        index = end + 1
      } else {
        index = append(text, at: index, to: &result)
      }
    }
    let plain = result.span.trimmingBlanks
    return plain.copied
  }

  private static func append(reference: Span<UInt8>, to result: inout [UInt8]) {
    let bar = reference.firstIndex(of: UInt8(ascii: "|"))
    let target = reference.extracting(0..<(bar ?? reference.count))
    let label = reference.extracting(min(reference.count, (bar ?? reference.count) + 1)...)
    guard !target.isEmpty else { return }
    switch target[0] {
    case UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "!"):
      if !label.isEmpty, target[0] == UInt8(ascii: "#") { result.append("#") }
      let shown = label.isEmpty ? target : label
      result.append(copying: shown)
    default:
      guard !label.isEmpty, !label.equals(target) else { return unescape(target, to: &result) }
      unescape(label, to: &result)
      result.append(" (")
      unescape(target, to: &result)
      result.append(")")
    }
  }

  private static func unescape(_ text: Span<UInt8>, to result: inout [UInt8]) {
    var index = 0
    while index < text.count { index = append(text, at: index, to: &result) }
  }

  /// Appends a byte, or what an escape at `index` stands for; returns the position after it.
  private static func append(_ text: Span<UInt8>, at index: Int, to result: inout [UInt8]) -> Int {
    if text[index] == UInt8(ascii: "&") {
      let rest = text.extracting(index..<text.count)
      if rest.hasPrefix("&amp;") {
        result.append(UInt8(ascii: "&"))
        return index + 5
      }
      if rest.hasPrefix("&lt;") || rest.hasPrefix("&gt;") {
        result.append(rest[1] == UInt8(ascii: "l") ? UInt8(ascii: "<") : UInt8(ascii: ">"))
        return index + 4
      }
    }
    result.append(text[index])
    return index + 1
  }
}
