import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// The clients that get each exchange as it ends, as server-sent events.
///
/// A client that reads too slowly misses exchanges; a comment in its stream tells how many.
final class ExchangeFollowers {
  /// The most at once.
  static let most = 16
  private static let silence = TimeSpan.seconds(15)

  private final class Follower {
    let request: Request
    let stream: ResponseStream
    let filter: ExchangeFilter
    var skipped = 0
    var lastWrite: Instant
    var timer: TimerID?

    init(_ request: Request, _ filter: ExchangeFilter, _ stream: ResponseStream, at now: Instant) {
      self.request = request
      self.filter = filter
      self.stream = stream
      lastWrite = now
    }
  }

  private var followers: [Follower] = []
  private let recorder: FlightRecorder
  private let loop: EventLoop

  init(of recorder: FlightRecorder, on loop: EventLoop) {
    self.recorder = recorder
    self.loop = loop
  }

  /// Whether one more can follow.
  var hasRoom: Bool { followers.count < Self.most }

  /// Sends a client the exchanges from now on.
  func add(_ request: Request, _ filter: ExchangeFilter) {
    let follower = Follower(
      request, filter, request.respond(streaming: .eventStream), at: loop.now)
    followers.append(follower)
    recorder.onRecord = { [self] in send($0) }
    request.onAbandon = { [self] in remove(follower) }
    // It also makes the header section go out at once.
    write(": following\n\n", to: follower)
    keepAlive(follower)
  }

  /// Ends the streams that a change of the keys does not allow any more.
  func check(_ access: AccessControl) {
    for follower in followers where !follower.filter.isAllowed(by: access, follower.request) {
      end(follower)
    }
  }

  /// Ends all streams.
  func endAll() {
    for follower in followers { end(follower) }
  }

  private func end(_ follower: Follower) {
    remove(follower)
    follower.stream.finish()
  }

  private func remove(_ follower: Follower) {
    loop.cancel(follower.timer)
    follower.request.onAbandon = nil
    followers.removeAll { $0 === follower }
    if followers.isEmpty { recorder.onRecord = nil }
  }

  private func send(_ record: borrowing ExchangeRecord) {
    var event: [UInt8] = []
    for follower in followers where follower.filter.matches(record) {
      guard !follower.stream.isFull else {
        follower.skipped += 1
        continue
      }
      if event.isEmpty { event = Self.event(record) }
      if follower.skipped > 0 {
        write((": \(follower.skipped) exchanges skipped\n\n" as Text).bytes, to: follower)
        follower.skipped = 0
      }
      write(event, to: follower)
    }
  }

  private static func event(_ record: borrowing ExchangeRecord) -> [UInt8] {
    var writer = JSONWriter(reserving: 1024)
    record.write(to: &writer)
    var event = [UInt8]("event: exchange\ndata: ")
    event += writer.finish()
    event.append("\n\n")
    return event
  }

  private func write(_ text: StaticString, to follower: Follower) {
    write([UInt8](text), to: follower)
  }

  private func write(_ text: [UInt8], to follower: Follower) {
    follower.lastWrite = loop.now
    follower.stream.write(text.span)
  }

  /// Writes a comment after each 15 s of silence. One timer serves the whole stream.
  private func keepAlive(_ follower: Follower) {
    follower.timer = loop.schedule(at: follower.lastWrite + Self.silence) { [self] in
      if loop.now - follower.lastWrite >= Self.silence {
        if follower.stream.isFull {
          follower.lastWrite = loop.now
        } else {
          write(": keep-alive\n\n", to: follower)
        }
      }
      keepAlive(follower)
    }
  }
}
