import Foundation
import FoundationXML
import Testing

@testable import Channels

@Suite struct MarkdownTests {
  private func render(_ text: String, _ markup: Markup = .telegram) -> String {
    String(decoding: Markdown.render(Array(text.utf8), as: markup), as: UTF8.self)
  }

  @Test(arguments: [
    ("plain", "plain"), ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
    ("**bold** and *italic*", "<b>bold</b> and <i>italic</i>"),
    ("__bold__ and _italic_", "<b>bold</b> and <i>italic</i>"),
    ("***both***", "<b><i>both</i></b>"), ("~~gone~~", "<s>gone</s>"),
    ("**a *b* c**", "<b>a <i>b</i> c</b>"), ("2 * 3 * 4", "2 * 3 * 4"),
    ("snake_case_name", "snake_case_name"), ("**open", "**open"), ("a ** b ** c", "a ** b ** c"),
    ("`a < b`", "<code>a &lt; b</code>"), ("``a ` b``", "<code>a ` b</code>"), ("`open", "`open"),
    ("*a **b* c**", "<i>a **b</i> c**"), ("\\*not\\*", "*not*"), ("C:\\dir", "C:\\dir"),
    (
      "[text](https://a.example/?a=1&b=\"2\")",
      "<a href=\"https://a.example/?a=1&amp;b=%222%22\">text</a>"
    ),
    ("[**bold** text](https://a.example)", "<a href=\"https://a.example\"><b>bold</b> text</a>"),
    ("![alt](https://a.example/x.png)", "<a href=\"https://a.example/x.png\">alt</a>"),
    ("[x](javascript:alert)", "x"), ("[x] (y)", "[x] (y)"), ("a[1](", "a[1]("),
    ("# Title #", "<b>Title</b>"), ("###### T **b**", "<b>T b</b>"), ("#hash", "#hash"),
    ("- one\n  * two\n+ three", "• one\n  • two\n• three"), ("1. one", "1. one"),
    ("---", "———"),
    ("> quoted\n> **more**\nnot", "<blockquote>quoted\n<b>more</b></blockquote>\nnot"),
    (
      "```swift\nlet a = 1 < 2\n```\nx",
      "<pre><code class=\"language-swift\">let a = 1 &lt; 2</code></pre>\nx"
    ),
    ("```\n**raw**\n```", "<pre>**raw**</pre>"), ("```\nopen", "<pre>open</pre>"),
    ("```\n```\nx", "\nx"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "<pre>| a | b |\n|---|---|\n| 1 | 2 |</pre>"),
    ("| alone |", "| alone |"), ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"), ("a\n\nb", "a\n\nb"),
  ])
  func writesHTML(markdown: String, html: String) {
    #expect(render(markdown) == html)
  }

  @Test(arguments: [
    ("**bold** *i* ~~s~~", "*bold* _i_ ~s~"), ("a < b & c", "a &lt; b &amp; c"),
    ("[t](https://a.example)", "<https://a.example|t>"), ("# T", "*T*"), ("> q\n> r", ">q\n>r"),
    ("```js\nx\n```", "```\nx\n```"), ("- a", "• a"),
  ])
  func writesMrkdwn(markdown: String, mrkdwn: String) {
    #expect(render(markdown, .slack) == mrkdwn)
  }

  /// Whatever the text: tags are nested well, and what is visible is no longer than the text.
  @Test func isAlwaysWellFormed() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    let pieces = [
      "*", "**", "***", "_", "__", "~~", "`", "``", "```", "\n", "[", "](", ")", "https://a.b",
      "> ",
      "| ", " |", "# ", "- ", "\\", "<", "&", "word", " ", "é", "!", "~", "```py\n", "---",
    ]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...60, using: &generator) {
        text += pieces.randomElement(using: &generator)!
      }
      let html = render(text)
      let parser = XMLParser(data: Data("<r>\(html)</r>".utf8))
      let reader = TextReader()
      parser.delegate = reader
      #expect(parser.parse(), "seed \(seed): \(text) -> \(html)")
      #expect(reader.text.utf16.count <= text.utf16.count, "seed \(seed): \(text)")
    }
  }

  /// Delimiters without an end take no quadratic time.
  @Test func isFastForHostileTexts() {
    let start = ContinuousClock.now
    for piece in ["*a ", "_a ", "`a ``", "[", "[a](", "~~a ", "***a ", "> ", "**a *b "] {
      _ = render(String(repeating: piece, count: 4096 / piece.count))
    }
    #expect(ContinuousClock.now - start < .seconds(3))
  }
}

private final class TextReader: NSObject, XMLParserDelegate {
  var text = ""

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
