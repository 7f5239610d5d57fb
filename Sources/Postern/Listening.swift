import Bytes
import Configuration
import HTTPServer
import Logging
import Platform

/// Opens the sockets of a gateway.
struct Listening {
  private let settings: ServerSettings
  private let log: Log

  init(_ settings: ServerSettings, _ log: Log) {
    self.settings = settings
    self.log = log
  }

  /// Listens at all addresses and at the control socket, or reports the first that fails.
  func open(_ server: HTTPServer) -> Bool {
    server.inherited = .fromEnvironment()
    var bound: [[UInt8]] = []
    for address in settings.listen {
      do throws(ListenError) {
        bound.append(try listen(server, at: address))
      } catch {
        complain(error, at: address)
        return false
      }
    }
    guard let control = openControl(server) else { return false }
    do throws(ListenError) {
      try server.start()
    } catch {
      complain(error, at: settings.listen[0])
      return false
    }
    for text in bound { note(text, "address") }
    if server.inherited.count > 0 {
      log.write(.warning, "sockets_not_used") { line in
        line.field("count", server.inherited.count)
        line.field(
          "message",
          "the service manager has sockets at other addresses than [server] listen and control")
      }
    }
    // Closes what was not used.
    server.inherited = InheritedSockets(adopting: [])
    if !control.isEmpty { note(control, "control") }
    return true
  }

  /// Opens the control socket. Returns its path, empty without one; `nil` if the configured one is unavailable, which it
  /// reports.
  ///
  /// The standard path is not a setting, so a second gateway of one user, or a missing folder, only costs the commands.
  private func openControl(_ server: HTTPServer) -> [UInt8]? {
    guard let path = settings.control ?? ControlSocket.standardPath else { return [] }
    do throws(ListenError) {
      try server.listen(unixPath: path, mode: settings.socketMode.bits, isControl: true)
      return path
    } catch {
      guard settings.control == nil else {
        complain(error, at: .unix(path: path))
        return nil
      }
      log.write(.warning, "control_unavailable") { line in
        line.field("path", path)
        if case .socket(let error) = error { line.field("reason", error.reason) }
        line.field(
          "message", "status, chat and similar commands cannot connect: set [server] control")
      }
      return []
    }
  }

  private func note(_ address: [UInt8], _ name: StaticString) {
    log.write(.info, "listening") { line in
      line.field(name, address)
      line.field("version", version)
    }
  }

  /// Returns the address with its real port; the kernel chooses one for 0.
  private func listen(
    _ server: HTTPServer, at address: ListenAddress
  ) throws(ListenError) -> [UInt8] {
    switch address {
    case .ip(let host, let port):
      let (address, isThere) = try server.listen(at: SocketAddress(host, port: port))
      if !isThere {
        log.write(.warning, "address_missing") { line in
          line.field("address", address.text)
          line.field(
            "message", "no interface has this address yet: clients can connect once one has it")
        }
      }
      return address.text
    case .unix(let path):
      try server.listen(unixPath: path, mode: settings.socketMode.bits)
      return [UInt8]("unix:") + path
    }
  }

  private func complain(_ error: ListenError, at address: ListenAddress) {
    let place =
      switch address {
      case .ip(let host, let port): SocketAddress(host, port: port).text
      case .unix(let path): [UInt8]("unix:") + path
      }
    switch error {
    case .socket(let error):
      let hint: Text =
        if case .unix(let path) = address, error.isAddressInUse {
          File.isSocket(path)
            ? "; a running Postern or another process has it: stop that, or choose another path"
            : "; a file that is not a socket has this path: remove it, or choose another path"
        } else {
          ""
        }
      Console.complain("cannot listen at \(place): \(error.reason)\(hint)")
    case .notStarted:
      Console.complain("cannot listen at \(place): libmicrohttpd does not start")
    }
  }
}
