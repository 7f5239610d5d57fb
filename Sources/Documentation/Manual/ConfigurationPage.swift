import Foundation

/// The man page of the configuration file, postern.conf(5): the reference, as mdoc(7).
///
/// It reads the Markdown that the reference uses: headings, paragraphs, lists and tables.
struct ConfigurationPage {
  /// The whole page.
  static var text: String {
    var page = ConfigurationPage()
    let reference = ConfigurationReference.text.replacing(
      "`packaging/postern.conf`", with: "`/usr/share/postern/postern.conf`")
    for line in reference.split(separator: "\n", omittingEmptySubsequences: false) {
      page.take(String(line))
    }
    page.end()
    return Roff.head("postern.conf", section: 5, summary: "configuration of postern")
      + ".Sh DESCRIPTION\n" + page.text + """
        .Sh SEE ALSO
        .Xr postern 1

        """
  }

  /// What the lines before belong to.
  private enum Block {
    case heading, paragraph, bullets, table
  }

  private var text = ""
  /// The sentences of a paragraph that is not complete, Markdown.
  private var pending = ""
  /// `nil` between blocks.
  private var block: Block? = .heading
  /// Whether the next block needs a break before it.
  private var needsBreak = false

  private mutating func take(_ line: String) {
    if line.isEmpty {
      end()
    } else if line.hasPrefix("# ") {
      return
    } else if line.hasPrefix("## ") || line.hasPrefix("### ") {
      end()
      let title = line.drop { $0 == "#" || $0 == " " }
      let macro = line.hasPrefix("### ") ? "Ss" : "Sh"
      // mdoc(7) takes a bracket at the end for punctuation.
      let plain = title.filter { $0 != "`" } + (title.hasSuffix("]`") ? " section" : "")
      text += ".\(macro) \(Roff.escaped(macro == "Sh" ? plain.uppercased() : String(plain)))\n"
      needsBreak = false
    } else if line.hasPrefix("|") {
      takeRow(line)
    } else if line.hasPrefix("- ") {
      begin(.bullets)
      flush()
      text += ".It\n"
      pending = String(line.dropFirst(2))
    } else {
      if block == nil { begin(.paragraph) }
      pending += " \(line.trimmingCharacters(in: .whitespaces))"
    }
  }

  private mutating func flush() {
    text += Roff.lines(Roff.escaped(markdown: pending))
    pending = ""
  }

  /// A row is a term and what is said of it. Values and default of a setting stand before that.
  private mutating func takeRow(_ line: String) {
    let cells = line.dropFirst().dropLast().components(separatedBy: "|").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let isFrame = cells.allSatisfy { $0.allSatisfy { $0 == "-" } } || cells[0] == "setting"
    begin(.table)
    guard !isFrame else { return }
    text += ".It \(Roff.escaped(markdown: cells[0]))\n"
    if cells.count > 3 {
      let standard = cells[2].isEmpty ? "" : "; default: \(cells[2])"
      pending = "(\(cells[1])\(standard)) "
    }
    pending += cells.last!
    flush()
  }

  private mutating func begin(_ next: Block) {
    guard block != next else { return }
    end()
    block = next
    switch next {
    case .bullets: text += ".Bl -bullet\n"
    case .table: text += ".Bl -tag -width Ds\n"
    case .paragraph, .heading: if needsBreak { text += ".Pp\n" }
    }
  }

  private mutating func end() {
    flush()
    switch block {
    case .bullets, .table: text += ".El\n"
    case .paragraph, .heading, nil: break
    }
    if block != nil, block != .heading { needsBreak = true }
    block = nil
  }
}
