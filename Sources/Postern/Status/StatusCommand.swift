import Bytes
import EventLoop
import JSON
import Platform

/// `postern status`: shows how the running gateway is, once or again each second.
struct StatusCommand {
  let gateway: GatewayOptions
  let watches: Bool
  let isJSON: Bool

  private static let path = [UInt8]("/v1/status")

  @inline(never)
  func perform() -> ExitStatus {
    if watches { return watch() }
    guard let client = GatewayClient.open(gateway),
      let status = client.ask(.get, StatusCommand.path)?["data"]
    else { return .failure }
    let columns = Environment.terminalSize(of: 1)?.columns ?? StatusCommand.columns
    return Console.print(text(status, columns)) ? .success : .failure
  }

  /// The width where there is no terminal: `$COLUMNS`, else 80.
  private static var columns: Int {
    Environment.variable([UInt8]("COLUMNS")).flatMap { Int(decimal: $0.span) } ?? 80
  }

  @inline(never)
  private func text(_ status: JSONValue, _ columns: Int) -> [UInt8] {
    if isJSON { return Array(status.raw) + [UInt8(ascii: "\n")] }
    var text: [UInt8] = []
    for line in StatusPage(status, columns: columns).lines {
      text += line.text(hasColour: Console.hasColour)
      text.append("\n")
    }
    return text
  }

  /// Shows it each second, until an interrupt or until the output is closed.
  @inline(never)
  private func watch() -> ExitStatus {
    do throws(SystemError) {
      let signals = try CommandSignals()
      guard let client = GatewayClient.open(gateway, signals: signals) else { return .failure }
      // A terminal that cannot move its cursor gets one page after another.
      let screen = isJSON || !Console.hasCursor ? nil : Screen()
      defer { screen?.close() }
      var page: [StyledLine] = []
      while true {
        switch client.send(.get, StatusCommand.path) {
        case .answered(200, let body):
          guard let status = try? JSONDocument(body).root["data"] else { break }
          if screen == nil, !Console.print(text(status, StatusCommand.columns)) { return .success }
          page = StatusPage(status, columns: screen?.columns ?? 0).lines
        case .answered(let status, let body):
          screen?.close()
          Console.complain(client.refusal(status, body))
          return .failure
        case .failed(let reason):
          guard screen != nil else {
            Console.complain(reason)
            return .failure
          }
          page = StyledLine("\(reason); trying again", .bad)
            .wrapped(to: screen?.columns ?? 0, indentation: 2)
        case .interrupted:
          return .success
        }
        if let screen, !screen.show(page) { return .success }
        let end = client.loop.now + .seconds(1)
        while client.loop.now < end {
          try client.loop.turn(waitingAtMost: end - client.loop.now)
          if signals.takeInterrupt() { return .success }
          if signals.takeResize() {
            screen?.resize()
            break
          }
        }
      }
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }
}
