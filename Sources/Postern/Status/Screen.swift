import Bytes
import Platform

/// The whole terminal, which shows one page after another in the same place.
///
/// The terminal's other screen is used (xterm's mode 1049), so that what was there before comes back at the end. Only
/// lines that have changed are written, because the line may be slow.
final class Screen {
  private var shown: [[UInt8]] = []
  private(set) var columns = 80
  private var rows = 24
  private var isOpen = true

  init() {
    Console.print([UInt8]("\u{1B}[?1049h\u{1B}[?25l"))
    resize()
  }

  /// Notes that the terminal has another size.
  func resize() {
    if let size = Environment.terminalSize(of: 1) {
      (columns, rows) = (size.columns, max(size.rows, 1))
    }
    shown = []
    Console.print([UInt8]("\u{1B}[2J"))
  }

  /// Shows a page: as many of its lines as there is room for. Returns whether the terminal is still there.
  @inline(never)
  func show(_ page: [StyledLine]) -> Bool {
    var lines = page.prefix(rows).map { $0.cut(to: columns) }
    if page.count > rows {
      lines[rows - 1] = StyledLine("… \(page.count - rows + 1) more lines", .faint).cut(to: columns)
    }
    let texts = lines.map { $0.text(hasColour: Console.hasColour) }
    var output: [UInt8] = []
    for row in 0..<max(texts.count, shown.count) {
      let text = row < texts.count ? texts[row] : []
      if row < shown.count, shown[row] == text { continue }
      output.append("\u{1B}[")
      output.append(decimal: row + 1)
      // Erased first: at the end of a line that fills its row, that would take the last character.
      output.append(";1H\u{1B}[K")
      output += text
    }
    shown = texts
    return output.isEmpty || Console.print(output)
  }

  /// Gives the terminal back as it was.
  func close() {
    guard isOpen else { return }
    isOpen = false
    Console.print([UInt8]("\u{1B}[?25h\u{1B}[?1049l"))
  }
}
