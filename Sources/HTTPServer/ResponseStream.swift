internal import CMicroHTTPD
import Bytes
import EventLoop

/// An answer whose body is written piece by piece: `Request.respond(streaming:)`. Used on the event loop's thread.
///
/// What is written in a turn of the loop goes out at its end, in one piece. It is sent in chunks, so that a client
/// sees whether the end was reached; to a client of HTTP/1.0, which knows no chunks, the connection's end is the
/// body's.
///
/// The buffer takes whatever is written; to keep it small is for the producer, who stops when `isFull` and goes on at
/// `onDrain`. It then holds 16 KB and what was written last, beside libmicrohttpd's 24 KB for the connection and 4 KB
/// for the response. A client that takes nothing for `idleTimeout` is dropped.
///
/// A client that leaves is told by `Request.onAbandon`, until `finish` or `abort`; what is written then goes nowhere.
public final class ResponseStream {
  private enum Phase {
    case open
    /// The producer is done: what is buffered goes out, and then the end.
    case finished
    /// The producer has given up: what is buffered goes out, and then the connection is cut.
    case aborted
    /// The client reads no more.
    case over
  }

  /// The producer is told to wait when the buffer has this many bytes.
  private static let highMark = 16384
  /// The producer is told to continue when no more than this many are left.
  private static let lowMark = 4096

  private let handle: OpaquePointer
  private unowned(unsafe) let daemon: Daemon
  /// Whether the client sees the body's end apart from the connection's.
  private let isChunked: Bool
  private var phase = Phase.open
  private var buffer: [UInt8] = []
  /// How much of the buffer libmicrohttpd has.
  private var takenCount = 0
  /// Whether libmicrohttpd leaves the connection alone, because there was nothing to send.
  private var isSuspended = false
  /// Whether the producer was told to wait.
  private var wasFull = false

  /// Called at the end of a turn, each time that the buffer has been full and is nearly empty again.
  public var onDrain: (() -> Void)?

  init(handle: OpaquePointer, daemon: Daemon, isChunked: Bool) {
    self.handle = handle
    self.daemon = daemon
    self.isChunked = isChunked
  }

  /// How many bytes have been written and not taken over by libmicrohttpd, which has up to 24 KB more.
  public var bufferedCount: Int { buffer.count - takenCount }

  /// Whether the client is slower than the producer, who should wait for `onDrain`.
  public var isFull: Bool { bufferedCount >= ResponseStream.highMark }

  /// How many bytes are in memory, with those that libmicrohttpd has taken over since.
  var storedCount: Int { buffer.count }

  /// Whether what the producer writes still goes out.
  var isOpen: Bool { phase == .open }

  /// Appends to the body.
  public func write(_ bytes: Span<UInt8>) {
    guard phase == .open, !bytes.isEmpty else { return }
    dropTaken()
    buffer.append(copying: bytes)
    if isFull { wasFull = true }
    wake()
  }

  /// Ends the body. The connection can be used again.
  public func finish() {
    guard phase == .open else { return }
    phase = .finished
    onDrain = nil
    wake()
  }

  /// Breaks the body off: the client gets what has been written, and sees that there should have been more.
  public func abort() {
    guard phase == .open else { return }
    phase = .aborted
    onDrain = nil
    wake()
  }

  /// The client has gone: libmicrohttpd, if it sleeps, is woken to see that.
  func abandon() {
    phase = .over
    onDrain = nil
    buffer = []
    takenCount = 0
    wake()
  }

  /// libmicrohttpd is done with the request: its handle stands for nothing any more.
  func end() {
    phase = .over
    isSuspended = false
    onDrain = nil
  }

  private func wake() {
    guard isSuspended else { return }
    isSuspended = false
    daemon.resume(stream: handle)
  }

  // MARK: libmicrohttpd's side

  /// The response as libmicrohttpd takes it, which keeps this in memory.
  func makeResponse() -> OpaquePointer? {
    // Chunks are made in the connection's own memory; the block is for clients of HTTP/1.0.
    MHD_create_response_from_callback(
      .max, 4096,
      { context, _, start, limit in
        ResponseStream.recover(context).takeUnretainedValue().read(
          into: UnsafeMutableRawBufferPointer(start: start, count: limit))
      }, Unmanaged.passRetained(self).toOpaque(),
      { context in ResponseStream.recover(context).release() })
  }

  /// `MHD_ContentReaderCallback`: what is to be sent next. Without anything the connection is suspended.
  private func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(bufferedCount, room.count)
    if count > 0 {
      buffer.withUnsafeBytes { bytes in
        room.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[takenCount..<takenCount + count]))
      }
      daemon.server.traffic.sentBytes += Int64(count)
      take(count)
      return count
    }
    switch phase {
    case .open:
      isSuspended = true
      MHD_suspend_connection(handle)
      return 0
    case .finished:
      phase = .over
      if !isChunked { daemon.cleanUpSoon(handle) }
      return cmhd_end_of_stream()
    case .aborted, .over:
      daemon.cleanUpSoon(handle)
      return cmhd_end_with_error()
    }
  }

  /// Whether the client is slower than the producer or not, what it has taken does not pile up.
  private func dropTaken() {
    guard takenCount >= ResponseStream.highMark else { return }
    let stored = buffer
    buffer = stored.span.extracting(takenCount...).copied
    takenCount = 0
  }

  private func take(_ count: Int) {
    takenCount += count
    if takenCount == buffer.count {
      takenCount = 0
      // The memory of a large piece, such as a whole reply, is not kept.
      buffer.removeAll(keepingCapacity: buffer.capacity <= 2 * ResponseStream.highMark)
    }
    guard wasFull, bufferedCount <= ResponseStream.lowMark else { return }
    wasFull = false
    daemon.loop.atEndOfTurn { [self] in
      if !isFull { onDrain?() }
    }
  }

  private static func recover(_ context: UnsafeMutableRawPointer?) -> Unmanaged<ResponseStream> {
    Unmanaged<ResponseStream>.fromOpaque(context!)
  }
}
