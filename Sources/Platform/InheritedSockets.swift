import Bytes
internal import CLinux

/// Listening sockets that the service manager passes on: those that it has opened, and those that an earlier process of
/// this service gave it to keep; sd_listen_fds(3).
public final class InheritedSockets {
  private var opened: [Int32] = []
  private var kept: [Int32] = []

  /// The first descriptor that a service manager passes on.
  private static let first: Int32 = 3

  /// Sockets with these descriptors, which now belong to this object. `names` are those of the descriptors, with colons
  /// between them; they may be fewer.
  public init(adopting numbers: [Int32], names: [UInt8] = []) {
    let colon = UInt8(ascii: ":")
    let names = names + [colon]
    var start = 0
    for number in numbers {
      let end = names[start...].firstIndex(of: colon) ?? start
      if names[start..<end].elementsEqual([UInt8](NotificationSocket.keptName)) {
        kept.append(number)
      } else {
        opened.append(number)
      }
      start = min(end + 1, names.count)
    }
  }

  deinit {
    for number in opened { closeConnection(number) }
    for number in kept { closeConnection(number) }
  }

  /// Those that `LISTEN_PID` and `LISTEN_FDS` name, if they are meant for this process.
  public static func fromEnvironment() -> InheritedSockets {
    let values = ["LISTEN_PID", "LISTEN_FDS"].map { (name: StaticString) in
      Environment.variable(name.span.copied).flatMap { Int(decimal: $0.span) }
    }
    guard let process = values[0], process == Int(getpid()), let count = values[1], count > 0,
      count < 1024
    else { return InheritedSockets(adopting: []) }
    return InheritedSockets(
      adopting: (0..<Int32(count)).map { first + $0 },
      names: Environment.variable([UInt8]("LISTEN_FDNAMES")) ?? [])
  }

  /// How many of those that the service manager has opened were not taken.
  public var count: Int { opened.count }

  /// Takes the descriptor of the socket that listens at an address; `nil` without such a socket. It belongs to the caller
  /// from now on. `isKept` says that the service manager did not open it.
  func take(at address: SocketAddress) -> (number: Int32, isKept: Bool)? {
    if let number = take(at: address, from: &opened) { return (number, isKept: false) }
    return take(at: address, from: &kept).map { ($0, isKept: true) }
  }

  private func take(at address: SocketAddress, from numbers: inout [Int32]) -> Int32? {
    let index = numbers.firstIndex { number in
      isListening(number)
        && SocketAddress { _ = getsockname(number, $0, $1) }.isSame(as: address)
    }
    return index.map { numbers.remove(at: $0) }
  }

  private func isListening(_ number: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1
  }
}
