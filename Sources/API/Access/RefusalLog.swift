import Bytes
import EventLoop
import HTTPServer
import Logging
import Platform

/// Logs the clients that are refused, 401 and 403: at most one line a second, with the number of those left out. Other
/// errors are logged at `debug`.
///
/// fail2ban(1) reads these lines, so the event and `peer` come first. No key is logged.
final class RefusalLog {
  private let log: Log
  private let loop: EventLoop
  private var next: Instant
  private var leftOutCount = 0

  private static let interval = TimeSpan.seconds(1)

  init(_ log: Log, on loop: EventLoop) {
    self.log = log
    self.loop = loop
    next = loop.now
  }

  /// Logs that a request is refused with an error.
  func note(_ error: APIError, of request: Request) {
    guard error.status == 401 || error.status == 403 else {
      return write(error, of: request, .debug, "request_refused")
    }
    guard loop.now >= next else {
      leftOutCount += 1
      return
    }
    next = loop.now + RefusalLog.interval
    write(error, of: request, .warning, "access_refused")
    leftOutCount = 0
  }

  private func write(
    _ error: APIError, of request: Request, _ level: LogLevel, _ event: StaticString
  ) {
    log.write(level, event) { line in
      line.field("peer", request.peer.text)
      line.field("status", error.status)
      line.field("code", error.code.name)
      line.field("path", RefusalLog.path(request))
      if let key = error.caller { line.field("key", key) }
      line.field("request_id", request.identifier)
      if level == .warning, leftOutCount > 0 { line.field("left_out", leftOutCount) }
    }
  }

  /// The path, decoded, up to a length that keeps a line short.
  private static func path(_ request: Request) -> [UInt8] {
    var path: [UInt8] = []
    guard let segments = request.target?.segments else { return path }
    for index in 0..<segments.count {
      path.append("/")
      path.append(copying: segments[index])
    }
    if path.isEmpty { path.append("/") }
    return path.count > 200 ? Array(path.prefix(200)) + [UInt8]("…") : path
  }
}
