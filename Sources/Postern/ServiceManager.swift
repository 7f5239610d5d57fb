import API
import Bytes
import EventLoop
import Platform

/// Tells the service manager how the gateway is: that it is ready, reloads, stops, and is alive; sd_notify(3).
///
/// Without a service manager that wants to know, it does nothing.
final class ServiceManager {
  private let socket: NotificationSocket?
  private let loop: EventLoop
  private let application: Application
  /// The time between two signs of life; `nil` where none are wanted.
  private let beat: TimeSpan?
  private var toldSummary: [UInt8] = []

  init(_ application: Application, on loop: EventLoop) {
    self.application = application
    self.loop = loop
    if let place = Environment.variable([UInt8]("NOTIFY_SOCKET")) {
      socket = NotificationSocket(to: place)
    } else {
      socket = nil
    }
    beat = ServiceManager.beat
  }

  /// Gives the service manager listening sockets to keep, so that connections wait there while the gateway restarts.
  func keep(_ listeners: [Int32]) {
    socket?.keep(listeners)
  }

  /// The gateway serves: at first, and after each reload.
  func noteReady() {
    tell("READY=1")
  }

  /// The configuration file is being read again. ``noteReady()`` follows, whatever is found in it.
  func noteReloading() {
    tell("RELOADING=1\nMONOTONIC_USEC=\(Instant.now.nanoseconds / 1000)")
  }

  /// How the gateway is may have changed.
  func noteStatus() {
    tell("")
  }

  /// The gateway is about to stop.
  func noteStopping() {
    tell("STOPPING=1")
  }

  /// Gives signs of life from now on: each shows that the loop turns.
  func beginBeating() {
    guard socket != nil, let beat else { return }
    _ = loop.schedule(after: beat) { [self] in
      tell("WATCHDOG=1")
      beginBeating()
    }
  }

  /// Sends lines, and how the gateway is if that has changed. A notification that is not taken is lost: the service
  /// manager is gone, or does not read.
  private func tell(_ lines: Text) {
    guard socket != nil else { return }
    var text = lines.bytes
    let summary = application.summary.bytes
    if summary != toldSummary {
      toldSummary = summary
      if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
      text += [UInt8]("STATUS=") + summary
    }
    if !text.isEmpty { _ = socket?.send(text) }
  }

  /// Half of the time after which the service manager misses a sign of life; sd_watchdog_enabled(3).
  private static var beat: TimeSpan? {
    if let process = number("WATCHDOG_PID"), process != Environment.processID { return nil }
    guard let microseconds = number("WATCHDOG_USEC"), microseconds > 0 else { return nil }
    return TimeSpan(nanoseconds: Int64(clamping: microseconds) / 2 * 1000)
  }

  private static func number(_ variable: StaticString) -> Int? {
    Environment.variable([UInt8](variable)).flatMap { Int(decimal: $0.span) }
  }
}
