import Backends
import Bytes
import Exchange
import HTTPClient

/// The output of `postern test`: a line for each integration with its outcome and the time of each phase, then the
/// backends' replies and what to do about each failure.
struct TestTable {
  private let results: [IntegrationTest.Result]
  private let hasColour: Bool

  init(_ results: [IntegrationTest.Result], hasColour: Bool) {
    self.results = results
    self.hasColour = hasColour
  }

  private static let head: [StaticString] = [
    "INTEGRATION", "OUTCOME", "STATUS", "DNS", "CONNECT", "TLS", "FIRST BYTE", "TOTAL",
  ]

  /// The whole output.
  var text: [UInt8] {
    var rows = [TestTable.head.map { [UInt8]($0) }]
    for result in results { rows.append(cells(result)) }
    let widths = TestTable.head.indices.map { column in rows.map { $0[column].count }.max()! }
    var text: [UInt8] = []
    for (index, row) in rows.enumerated() {
      if index > 0 { text.append(colour(results[index - 1])) }
      appendRow(row, widths, to: &text)
      if index > 0, hasColour { text.append("\u{1B}[0m") }
      text.append("\n")
    }
    for result in results { appendNotes(result, to: &text) }
    return text
  }

  private func cells(_ result: IntegrationTest.Result) -> [[UInt8]] {
    let report = result.report
    let timings = report.timings
    let status = report.status.map { ("\($0)" as Text).bytes } ?? [UInt8]("-")
    return [
      report.integration, [UInt8](report.outcome.name), status,
      TestTable.time(timings.nameResolved), TestTable.time(timings.connected),
      TestTable.time(timings.handshakeDone), TestTable.time(timings.firstByte),
      TestTable.time(max(timings.total, report.milliseconds * 1000)),
    ]
  }

  /// Names and outcomes to the left, numbers to the right.
  private func appendRow(_ row: [[UInt8]], _ widths: [Int], to text: inout [UInt8]) {
    for (column, cell) in row.enumerated() {
      let padding = [UInt8](repeating: UInt8(ascii: " "), count: widths[column] - cell.count)
      if column > 0 { text.append("  ") }
      text += column < 2 ? cell + padding : padding + cell
    }
  }

  private func appendNotes(_ result: IntegrationTest.Result, to text: inout [UInt8]) {
    let report = result.report
    text.append("\n")
    text += report.integration
    if report.outcome != .ok {
      text.append(": ")
      text += report.advice.bytes
    }
    text.append("\n")
    if let words = result.words {
      text.append(report.outcome == .ok ? "  replied: " : "  the backend says: ")
      text.append(printable: words, lineBreak: "\n  ")
      text.append("\n")
    }
  }

  private func colour(_ result: IntegrationTest.Result) -> StaticString {
    guard hasColour else { return "" }
    return result.report.outcome == .ok ? "\u{1B}[32m" : "\u{1B}[31m"
  }

  /// Microseconds as milliseconds with one decimal; `-` for a phase that was not reached.
  private static func time(_ microseconds: Int) -> [UInt8] {
    guard microseconds > 0 else { return [UInt8]("-") }
    let tenths = (microseconds + 50) / 100
    return ("\(tenths / 10).\(tenths % 10) ms" as Text).bytes
  }
}
