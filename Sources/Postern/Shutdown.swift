import API
import EventLoop
import HTTPServer
import Logging
import Platform

/// The end of the gateway: no new connections, at most 30 s for what is in flight, then the loop stops.
final class Shutdown {
  private let server: HTTPServer
  private let application: Application
  private let loop: EventLoop
  private let log: Log
  private var hasBegun = false
  private let onHangUp: () -> Void
  private let onStop: () -> Void

  private static let patience = TimeSpan.seconds(30)

  /// `onHangUp` is called at SIGHUP, until the end begins, and `onStop` then.
  init(
    server: HTTPServer, application: Application, loop: EventLoop, log: Log,
    onHangUp: @escaping () -> Void, onStop: @escaping () -> Void
  ) {
    self.onStop = onStop
    self.onHangUp = onHangUp
    self.server = server
    self.application = application
    self.loop = loop
    self.log = log
  }

  /// Begins at SIGTERM and SIGINT; a second one ends at once.
  func obey(_ signals: consuming SignalQueue) throws(SystemError) {
    let inbox = SignalInbox(signals)
    _ = try loop.register(inbox.queue.number, for: .read) { [self] _ in
      while let signal = inbox.queue.next() { receive(signal) }
    }
  }

  private func receive(_ signal: Signal) {
    switch signal {
    case .hangUp:
      if !hasBegun { onHangUp() }
    case .interrupt, .terminate:
      if hasBegun { loop.stop() } else { begin() }
    case .windowChange:
      break
    }
  }

  private func begin() {
    hasBegun = true
    log.write(.info, "stopping") { _ in }
    application.status.drain()
    onStop()
    server.drain { [self] in application.whenIdle { [self] in loop.stop() } }
    _ = loop.schedule(after: Shutdown.patience) { [self] in
      log.write(.warning, "stopped_unfinished") { _ in }
      loop.stop()
    }
  }
}

/// Keeps a signal queue for the handler that reads it.
private final class SignalInbox {
  let queue: SignalQueue

  init(_ queue: consuming SignalQueue) {
    self.queue = queue
  }
}
