import EventLoop
import Platform

/// Reads and forgets what a client still sends to a connection that was answered early, until the client closes
/// or a few seconds are over. Closing at once would make the kernel answer the rest with a reset, which can
/// destroy the answer before the client has read it; RFC 9112 section 9.6.
final class LingeringClose {
  private let loop: EventLoop
  private let descriptor: Descriptor
  private var registration: Registration?
  private var timer: TimerID?
  private var onEnd: (() -> Void)?

  /// Takes a connection over.
  init(adopting connection: consuming Descriptor, on loop: EventLoop) {
    self.loop = loop
    descriptor = connection
  }

  /// Holds a connection of libmicrohttpd's open by a descriptor of its own; `nil` if none is available.
  convenience init?(sharing connection: Int32, on loop: EventLoop) {
    guard let copy = try? Descriptor(duplicating: connection) else { return nil }
    self.init(adopting: copy, on: loop)
  }

  /// Begins to drain, once the answer has been sent and no other descriptor holds the connection open. `onEnd` is called once.
  func begin(onEnd: @escaping () -> Void) {
    self.onEnd = onEnd
    shutDownSending(descriptor.number)
    timer = loop.schedule(after: .seconds(3)) { [self] in end() }
    registration = try? loop.register(descriptor.number, for: .read) { [self] _ in drain() }
    if registration == nil { end() }
  }

  /// Forgets what has come so far, in place of `begin` and where that cannot be afforded: a short request does not
  /// destroy its answer then either.
  func beBrief() {
    shutDownSending(descriptor.number)
    drain()
  }

  private func drain() {
    let count = try? withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 16) {
      (buffer) throws(SystemError) in
      try descriptor.read(into: buffer)
    }
    if count ?? 0 == 0 { end() }
  }

  /// Releases itself: the descriptor closes with the last reference, which the loop holds.
  private func end() {
    loop.cancel(timer)
    if let registration { loop.deregister(registration) }
    registration = nil
    onEnd?()
    onEnd = nil
  }
}
