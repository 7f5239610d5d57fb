import Bytes
import Configuration
import EventLoop
import Logging
import Platform

/// Logs another certificate when it applies, and daily that the one in use is about to expire.
final class CertificateReminder {
  private static let interval = TimeSpan.seconds(86400)

  private let log: Log
  private let loop: EventLoop
  private var tls: ServerSettings.TLS?

  /// A reminder of the certificate that applies from the start. The loop keeps it.
  ///
  /// It first looks a day later, because the configuration was checked just now.
  init(_ tls: ServerSettings.TLS?, log: Log, loop: EventLoop) {
    self.tls = tls
    self.log = log
    self.loop = loop
    if tls != nil { lookLater() }
  }

  /// Notes that new connections are given another certificate.
  func adopt(_ tls: ServerSettings.TLS?) {
    self.tls = tls
    log.write(.info, "certificate_changed") { line in
      if let end = tls?.validity?.end { line.field("expires", WallTime.text(ofSecond: end)) }
    }
  }

  private func lookLater() {
    _ = loop.schedule(after: Self.interval) { [self] in
      look()
      lookLater()
    }
  }

  private func look() {
    guard let validity = tls?.validity,
      let warning = validity.warning(at: Int(clamping: WallTime.now.milliseconds / 1000))
    else { return }
    log.write(.warning, "certificate_warning") { line in
      line.field("message", warning)
      line.field("expires", WallTime.text(ofSecond: validity.end))
    }
  }
}

extension WallTime {
  /// A time in seconds since 1970 as RFC 3339 has it.
  fileprivate static func text(ofSecond second: Int) -> [UInt8] {
    var text: [UInt8] = []
    WallTime(milliseconds: Int64(second) * 1000).append(to: &text, precision: .seconds)
    return text
  }
}
