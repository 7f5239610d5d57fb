import Bytes
import JSON

/// The integrations of all bots: a row of numbers for each, and what went wrong last.
struct IntegrationTable {
  private let bots: [JSONValue]
  private let columns: Int
  private let now: Int64

  init(_ bots: [JSONValue], columns: Int, now: Int64) {
    self.bots = bots
    self.columns = columns
    self.now = now
  }

  private static let head: [StaticString] = [
    "INTEGRATION", "STATE", "SHARE %", "P50", "P95", "OK", "FAILED", "BREAKER",
  ]
  /// Where there is room.
  private static let wideHead: [StaticString] = [
    "P99", "IN FLIGHT", "WAITING", "TOKENS IN", "TOKENS OUT", "AS FALLBACK",
  ]
  /// From how many columns on there is.
  private static let wide = 140

  /// What the replies of the last day have cost, if any integration has prices.
  private static let cost: StaticString = "COST 24H"

  var lines: [StyledLine] {
    let isWide = columns >= IntegrationTable.wide
    var rows = [
      (IntegrationTable.head + (isWide ? IntegrationTable.wideHead : [])).map { Text([UInt8]($0)) }
    ]
    var costs: [Text] = [Text([UInt8](IntegrationTable.cost))]
    for bot in bots {
      for integration in elements(bot["integrations"]) {
        rows.append(cells(integration, isWide: isWide))
        costs.append(integration["day"]?["cost"].present.map { Text(Array($0.raw)) } ?? "-")
      }
    }
    if costs.contains(where: { $0 != "-" && $0 != costs[0] }) {
      for index in rows.indices { rows[index].append(costs[index]) }
    }
    var widths = rows[0].map { $0.bytes.count }
    for row in rows {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], cell.bytes.count)
      }
    }
    // Names are cut before a number is.
    let others = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
    widths[0] = min(widths[0], max(columns - others, 12))
    var lines = [line(rows[0], widths, .strong)]
    var next = 1
    for bot in bots {
      if bots.count > 1 { lines.append(StyledLine("bot \(printable(bot["id"]))", .strong)) }
      for integration in elements(bot["integrations"]) {
        lines.append(line(rows[next], widths, style(integration)))
        lines += failureLines(integration)
        next += 1
      }
    }
    return lines
  }

  @inline(never)
  private func style(_ integration: JSONValue) -> StyledLine.Style {
    guard integration["enabled"]?.boolean == true else { return .faint }
    let state = integration["state"]?.string ?? []
    if state.span.equals("down") { return .bad }
    return state.span.equals("loading") || failuresInARow(integration) > 0 ? .warning : .plain
  }

  private func failuresInARow(_ integration: JSONValue) -> Int {
    integration["last_failure"]?["in_a_row"]?.integer ?? 0
  }

  @inline(never)
  private func cells(_ integration: JSONValue, isWide: Bool) -> [Text] {
    let isEnabled = integration["enabled"]?.boolean == true
    let (share, latency) = (integration["share"], integration["latency_ms"])
    let breaker = integration["breaker"]
    var state = Text(printable(breaker?["state"]))
    if let left = breaker?["remaining_ms"]?.integer, left > 0 {
      state += " \(ShortText.duration(left))"
    }
    var (ok, failed) = (0, 0)
    for (name, count) in outcomes(integration) {
      if name.span.equals("ok") { ok += count } else { failed += count }
    }
    var condition = Text(printable(integration["state"]))
    if failuresInARow(integration) > 0, condition.bytes.span.equals("ready") {
      condition = "failing"
    }
    let part: Text =
      integration["fallback"]?.boolean == true
      ? "fallback"
      : "\(ShortText.percent(share?["drawn"]))/\(ShortText.percent(share?["configured"]))"
    var cells: [Text] = [
      Text([UInt8](bots.count > 1 ? "  " : "") + printable(integration["integration"])),
      isEnabled ? condition : "off", part,
      duration(latency?["p50"]), duration(latency?["p95"]), "\(ok)", "\(failed)", state,
    ]
    if isWide {
      let tokens = integration["tokens"]
      cells += [
        duration(latency?["p99"]), "\(integer(integration, "in_flight"))",
        "\(integer(integration, "waiting"))", "\(tokens?["input"]?.integer ?? 0)",
        "\(tokens?["output"]?.integer ?? 0)",
        "\(integration["fallbacks"]?["served"]?.integer ?? 0)",
      ]
    }
    return cells
  }

  @inline(never)
  private func duration(_ milliseconds: JSONValue?) -> Text {
    milliseconds?.integer.map { ShortText.duration($0) } ?? "-"
  }

  /// The outcomes that have occurred, with their counts.
  @inline(never)
  private func outcomes(_ integration: JSONValue) -> [(name: [UInt8], count: Int)] {
    guard let members = integration["attempts"]?.members else { return [] }
    return members.compactMap { member in
      guard let count = member.value.integer, count > 0 else { return nil }
      return (printable(member.name), count)
    }
  }

  /// Names, states and breakers to the left, numbers to the right.
  @inline(never)
  private func line(_ row: [Text], _ widths: [Int], _ style: StyledLine.Style) -> StyledLine {
    var text: [UInt8] = []
    for (column, cell) in row.enumerated() {
      let cell = Array(cell.bytes.prefix(widths[column]))
      let padding = [UInt8](repeating: UInt8(ascii: " "), count: widths[column] - cell.count)
      if column > 0 { text.append("  ") }
      text += column < 2 || column == 7 ? cell + padding : padding + cell
    }
    while text.last == UInt8(ascii: " ") { text.removeLast() }
    return StyledLine(Text(text), style)
  }

  /// The failures by outcome, and what to do about the last.
  @inline(never)
  private func failureLines(_ integration: JSONValue) -> [StyledLine] {
    guard let failure = integration["last_failure"].present else { return [] }
    var text: Text = "    "
    for (name, count) in outcomes(integration) where !name.span.equals("ok") {
      text += "\(count) \(name), "
    }
    let row = failuresInARow(integration)
    if row > 1 { text += "\(row) in a row, " }
    text += "last \(ShortText.age(failure["at"], now: now)): \(printable(failure["outcome"]))"
    if let status = failure["status"]?.integer { text += " (\(status))" }
    text += ": \(printable(failure["message"]))"
    let style = style(integration)
    return StyledLine(text, style == .plain ? .faint : style).wrapped(to: columns, indentation: 6)
  }
}
