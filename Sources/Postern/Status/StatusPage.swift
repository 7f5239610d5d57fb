import Bytes
import JSON
import Platform

/// The page of `postern status`: the object of `GET /v1/status` as lines of a terminal.
struct StatusPage {
  private let status: JSONValue
  private let columns: Int
  /// The gateway's time, because the clock here may be another one.
  private let now: Int64

  /// A page that is `columns` wide.
  init(_ status: JSONValue, columns: Int) {
    self.status = status
    self.columns = max(columns, 20)
    now = WallTime(status["time"]?.string ?? [])?.milliseconds ?? 0
  }

  var lines: [StyledLine] {
    var lines = processLines()
    lines += reloadLines()
    for channel in elements(status["channels"]) { lines += channelLines(channel) }
    lines.append(StyledLine(""))
    lines += IntegrationTable(elements(status["bots"]), columns: columns, now: now).lines
    return lines
  }

  @inline(never)
  private func processLines() -> [StyledLine] {
    let word = printable(status["status"])
    var first: Text = "postern \(printable(status["version"]))  \(word)"
    let style: StyledLine.Style = word.span.equals("ready") ? .strong : .bad
    guard let uptime = status["uptime_ms"]?.integer else { return wrapped(first, style) }
    first += "  up \(ShortText.duration(uptime))  pid \(integer(status, "pid"))"
    var second: Text =
      """
      memory \(ShortText.bytes(integer(status, "resident_bytes")))  connections \(integer(status, "connections"))  \
      in flight \(integer(status, "in_flight"))  queued \(integer(status, "queued"))
      """
    var isLate = false
    if let text = status["certificate_expires_at"]?.string, let end = WallTime(text) {
      let left = end.milliseconds - now
      isLate = left < 14 * 86_400_000
      second +=
        left > 0
        ? "  certificate expires in \(ShortText.duration(Int(left)))" : "  certificate EXPIRED"
    }
    return wrapped(first, style) + wrapped(second, isLate ? .warning : .plain) + contextLines()
  }

  @inline(never)
  private func contextLines() -> [StyledLine] {
    guard let context = status["context"] else { return [] }
    let (used, capacity) = (
      integer(context, "used_bytes"), max(integer(context, "capacity_bytes"), 1)
    )
    var text: Text =
      """
      context \(ShortText.bytes(used)) of \(ShortText.bytes(capacity)) (\(used * 100 / capacity) %)  conversations \
      \(integer(context, "conversations"))  turns \(integer(context, "turns"))
      """
    if context["file"]?.string != nil {
      text += "  file \(printable(context["file"])) (sync \(printable(context["sync"])))"
    } else {
      text += "  memory only"
    }
    return wrapped(text) + outboxLines()
  }

  /// Nothing for an outbox that is not in use.
  @inline(never)
  private func outboxLines() -> [StyledLine] {
    guard let outbox = status["outbox"],
      outbox["file"]?.string != nil || integer(outbox, "used_bytes") > 0
    else { return [] }
    let (used, capacity) = (
      integer(outbox, "used_bytes"), max(integer(outbox, "capacity_bytes"), 1)
    )
    var text: Text =
      """
      outbox \(ShortText.bytes(used)) of \(ShortText.bytes(capacity)) (\(used * 100 / capacity) %)  queued \
      \(integer(outbox, "queued"))  running \(integer(outbox, "running"))  undelivered \(integer(outbox, "undelivered"))
      """
    if outbox["oldest_at"].present != nil { text += "  oldest \(age(outbox["oldest_at"]))" }
    text += outbox["file"]?.string == nil ? "  memory only" : "  file \(printable(outbox["file"]))"
    return wrapped(text)
  }

  @inline(never)
  private func reloadLines() -> [StyledLine] {
    var lines: [StyledLine] = []
    if let last = status["last_reload"].present {
      let applied = last["applied"]?.boolean == true
      lines += wrapped(
        applied
          ? "configuration reloaded \(age(last["at"]))"
          : "configuration REFUSED \(age(last["at"])): the one before still applies",
        applied ? .plain : .bad)
    }
    for reason in elements(status["reasons"]) {
      if isInTable(reason.string ?? []) { continue }
      lines += wrapped("  \(printable(reason))", .bad)
    }
    return lines
  }

  /// Whether the table of integrations shows a reason: the state of one of them.
  @inline(never)
  private func isInTable(_ reason: [UInt8]) -> Bool {
    elements(status["bots"]).contains { bot in
      elements(bot["integrations"]).contains { integration in
        let (id, state) = (
          integration["integration"]?.string ?? [], integration["state"]?.string ?? []
        )
        return reason.starts(with: ("integration \(id) is \(state)" as Text).bytes)
      }
    }
  }

  @inline(never)
  private func channelLines(_ channel: JSONValue) -> [StyledLine] {
    let isReady = channel.member("state", is: "ready")
    var text: Text =
      """
      channel \(printable(channel["id"])) (\(printable(channel["type"]))) \(printable(channel["state"]))  messages \
      \(integer(channel, "messages"))  replies \(integer(channel, "replies"))
      """
    if channel["last_update_at"].present != nil {
      text += "  last \(age(channel["last_update_at"]))"
    }
    if integer(channel, "restarts") > 0 { text += "  restarts \(integer(channel, "restarts"))" }
    var lines = wrapped(text, isReady ? .plain : .bad)
    for stranger in elements(channel["strangers"]) {
      let name = stranger["username"]?.isEmpty == false ? "username" : "name" as StaticString
      lines += wrapped(
        """
          not allowed: \(printable(stranger["id"])) \(printable(stranger[name]))  messages \
        \(integer(stranger, "messages"))  last \(age(stranger["last_at"]))
        """, .warning)
    }
    return lines
  }

  private func age(_ time: JSONValue?) -> Text { ShortText.age(time, now: now) }

  @inline(never)
  private func wrapped(_ text: Text, _ style: StyledLine.Style = .plain) -> [StyledLine] {
    StyledLine(text, style).wrapped(to: columns, indentation: 2)
  }
}
