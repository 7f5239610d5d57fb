import Foundation

/// A server of raw bytes on loopback, on threads of its own: the test decides what it answers, HTTP
/// or not.
final class RawServer: Sendable {
  /// A step on a connection after a request has begun on it: a whole request, or something other
  /// than HTTP.
  enum Step: Sendable {
    /// Sends these bytes.
    case send(String)
    /// Waits for the next request on the same connection.
    case receive
    /// Waits until the test calls `proceed`.
    case wait
    /// Keeps the connection open until the client ends it.
    case hold
    /// Waits for the next request, a short one, without sleeping, and sends these bytes at once.
    case answerAtOnce(String)
    /// Closes the connection with a reset.
    case reset
  }

  /// One connection after its end.
  struct Connection: Sendable {
    /// The requests that arrived whole.
    var requests: [String] = []
    /// Whether the client ended it while the server held it.
    var wasEndedByClient = false
  }

  let port: UInt16
  private let listener: Int32
  private let script: @Sendable (_ connection: Int) -> [Step]
  private let state = Locked(State())
  private let signal = DispatchSemaphore(value: 0)

  private struct State {
    var accepted = 0
    var ended: [Connection] = []
    var requestCount = 0
  }

  /// A server that does the same on every connection, and then closes it.
  convenience init(_ steps: Step...) {
    self.init { _ in steps }
  }

  /// A server that does what `script` says for the connection of this number, from 0, and then closes it.
  init(script: @escaping @Sendable (_ connection: Int) -> [Step]) {
    self.script = script
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) + listen(listener, 512) + getsockname(listener, $0, &size)
      }
    }
    precondition(result == 0)
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// Accepts no more connections; open ones stay.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Lets one waiting connection continue.
  func proceed() {
    signal.signal()
  }

  /// The connections that have ended, in that order.
  var ended: [Connection] { state.withLock { $0.ended } }

  /// The number of connections so far.
  var connectionCount: Int { state.withLock { $0.accepted } }

  /// The number of whole requests so far.
  var requestCount: Int { state.withLock { $0.requestCount } }

  private func acceptAll() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        close(listener)
        return
      }
      let number = state.withLock { state in
        state.accepted += 1
        return state.accepted - 1
      }
      Thread.detachNewThread { [self] in serve(connection, script(number)) }
    }
  }

  private func serve(_ connection: Int32, _ steps: [Step]) {
    var seen = Connection()
    receiveRequest(connection, &seen)
    for step in steps {
      switch step {
      case .send(let text):
        let bytes = Array(text.utf8)
        _ = Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      case .receive:
        receiveRequest(connection, &seen)
      case .wait:
        signal.wait()
      case .hold:
        var byte: UInt8 = 0
        seen.wasEndedByClient = recv(connection, &byte, 1, 0) <= 0
      case .answerAtOnce(let text):
        let bytes = Array(text.utf8)
        var request = [UInt8](repeating: 0, count: 4096)
        while recv(connection, &request, request.count, Int32(MSG_DONTWAIT)) < 0, errno == EAGAIN {}
        _ = Foundation.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      case .reset:
        var linger = Foundation.linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      }
    }
    let end = seen
    state.withLock { $0.ended.append(end) }
    close(connection)
  }

  /// Reads one request: a header section, and as many bytes as its Content-Length says.
  private func receiveRequest(_ connection: Int32, _ seen: inout Connection) {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      if let head = text.firstRange(of: "\r\n\r\n") {
        let length = text.firstMatch(of: #/(?i)content-length: (\d+)/#).flatMap { Int($0.1) }
        if text[head.upperBound...].utf8.count >= length ?? 0 { break }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      // A TLS handshake is not a request; a server without TLS does not wait for its end.
      guard count > 0, !text.isEmpty || buffer[0] != 22 else { return }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    seen.requests.append(text)
    state.withLock { $0.requestCount += 1 }
  }
}

/// A value that threads share. Not Synchronization's Mutex, because the thread sanitizer does not
/// see its order.
private final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) {
    self.value = value
  }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.withLock { body(&value) }
  }
}
