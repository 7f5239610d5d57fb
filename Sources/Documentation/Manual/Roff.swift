import Foundation

/// Text for man pages in the language mdoc(7).
enum Roff {
  /// Text with what would mean something else escaped.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("…", with: "...").replacing("-", with: "\\-")
  }

  /// Markdown: code and emphasis are bold, links are their text.
  static func escaped(markdown: String) -> String {
    var text = ""
    var isCode = false
    for part in markdown.components(separatedBy: "`") {
      text += isCode ? "\\fB\(escaped(part))\\fR" : escaped(withoutLinks(part))
      isCode.toggle()
    }
    return text
  }

  /// A paragraph of escaped text, as mdoc(7) wants it: a line has at most 80 columns, and a sentence begins one.
  static func lines(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    func end() {
      // A line that begins so would be a macro.
      if !line.isEmpty {
        lines.append(line.first == "." || line.first == "'" ? "\\&\(line)" : line)
      }
      line = ""
    }
    for word in text.split(whereSeparator: \.isWhitespace) {
      if line.count + 1 + word.count > 78 { end() }
      line += (line.isEmpty ? "" : " ") + word
      if word.contains(#/[.!?][)'"]*$/#) { end() }
    }
    end()
    return lines.map { $0 + "\n" }.joined()
  }

  private static func withoutLinks(_ text: String) -> String {
    text.replacing(#/\[([^\]]*)\]\([^)]*\)/#) { $0.output.1 }.replacing("**", with: "")
  }

  /// The macros of a usage: `run [-c FILE]` is `.Nm`, `.Cm run`, `.Op Fl c Ar FILE`.
  static func usage(_ usage: String) -> String {
    let name = usage.prefix { $0 != " " }
    var text = ".Nm\n.Cm \(name)\n"
    var rest = usage.dropFirst(name.count)
    while let part = rest.firstMatch(of: #/\[([^\]]*)\]|[^\s\[\]]+/#) {
      if let group = part.output.1 {
        text += ".Op \(macros(String(group)))\n"
      } else {
        text += ".\(macros(String(part.output.0)))\n"
      }
      rest = rest[part.range.upperBound...]
    }
    return text
  }

  private static func macros(_ words: String) -> String {
    let macros = words.split(separator: " ").map { word in
      if word == "|" { return "|" }
      if word.hasPrefix("-") { return "Fl \(escaped(String(word.dropFirst())))" }
      return (word.first?.isUppercase == true ? "Ar " : "Cm ") + escaped(String(word))
    }
    return macros.joined(separator: " ")
  }

  /// The first lines of a page.
  static func head(_ name: String, section: Int, summary: String) -> String {
    """
    .\\" scripts/document writes this file.
    .Dd \(Changelog.date)
    .Dt \(name.uppercased()) \(section)
    .Os
    .Sh NAME
    .Nm \(name)
    .Nd \(summary)

    """
  }
}
