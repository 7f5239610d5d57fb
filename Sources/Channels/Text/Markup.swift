import Bytes

/// How a service wants formatted text.
enum Markup {
  /// HTML with a few tags; https://core.telegram.org/bots/api#html-style
  case telegram
  /// mrkdwn; https://api.slack.com/reference/surfaces/formatting
  case slack

  /// A style of a piece of text.
  enum Style: UInt8 {
    case bold = 1
    case italic = 2
    case strike = 4
    case code = 8
    case quote = 16
  }

  /// What begins or ends a style.
  func tag(_ style: Style, opens: Bool) -> StaticString {
    switch (self, style) {
    case (.telegram, .bold): opens ? "<b>" : "</b>"
    case (.telegram, .italic): opens ? "<i>" : "</i>"
    case (.telegram, .strike): opens ? "<s>" : "</s>"
    case (.telegram, .code): opens ? "<code>" : "</code>"
    case (.telegram, .quote): opens ? "<blockquote>" : "</blockquote>"
    case (.slack, .bold): "*"
    case (.slack, .italic): "_"
    case (.slack, .strike): "~"
    case (.slack, .code): "`"
    case (.slack, .quote): opens ? ">" : ""
    }
  }

  /// Appends text as it is, with what has a meaning escaped.
  func append(_ text: Span<UInt8>, to result: inout [UInt8]) {
    for index in text.indices { append(text[index], to: &result) }
  }

  /// Appends a byte of a text.
  func append(_ byte: UInt8, to result: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "&"): result.append("&amp;")
    case UInt8(ascii: "<"): result.append("&lt;")
    case UInt8(ascii: ">"): result.append("&gt;")
    default: result.append(byte)
    }
  }

  /// Appends a block of code.
  func append(code: Span<UInt8>, language: [UInt8], to result: inout [UInt8]) {
    switch self {
    case .telegram: appendHTML(code: code, language: language, to: &result)
    case .slack:
      result.append("```\n")
      append(code, to: &result)
      result.append("\n```")
    }
  }

  private func appendHTML(code: Span<UInt8>, language: [UInt8], to result: inout [UInt8]) {
    let isName = language.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || Markup.languageMarks.contains($0)
    }
    let isNamed = !language.isEmpty && isName
    result.append("<pre>")
    if isNamed {
      result.append("<code class=\"language-")
      result += language
      result.append("\">")
    }
    append(code, to: &result)
    if isNamed { result.append("</code>") }
    result.append("</pre>")
  }

  /// What a language's name has besides letters and digits: `c++`, `objective-c`.
  private static let languageMarks = [
    UInt8(ascii: "#"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
  ]

  /// What stands around a link's address, and after its text.
  private var link: (start: StaticString, middle: StaticString, end: StaticString) {
    switch self {
    case .telegram: ("<a href=\"", "\">", "</a>")
    case .slack: ("<", "|", ">")
    }
  }

  /// Appends what comes before the text of a link.
  func appendLink(to url: Span<UInt8>, _ result: inout [UInt8]) {
    result.append(link.start)
    for index in url.indices {
      switch (self, url[index]) {
      case (_, UInt8(ascii: "\"")): result.append("%22")
      case (.slack, UInt8(ascii: "|")): result.append("%7C")
      case (_, let byte): append(byte, to: &result)
      }
    }
    result.append(link.middle)
  }

  /// What comes after the text of a link.
  var linkEnd: StaticString { link.end }
}
