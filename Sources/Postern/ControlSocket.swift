import Bytes
import Platform

/// The standard places of the control socket.
enum ControlSocket {
  /// Where a gateway makes it, unless the configuration says where; `nil` without such a place.
  ///
  /// systemd sets `$RUNTIME_DIRECTORY` for a service, to one folder or several with colons between them
  /// (systemd.exec(5)), and `$XDG_RUNTIME_DIR` for a user (pam_systemd(8)).
  static var standardPath: [UInt8]? {
    if let path = path(in: "RUNTIME_DIRECTORY", "/control.sock") { return path }
    return path(in: "XDG_RUNTIME_DIR", "/postern.sock")
  }

  /// Where commands look for it: at the same places, and where the service of the package has it.
  static var places: [[UInt8]] {
    [path(in: "RUNTIME_DIRECTORY", "/control.sock"), path(in: "XDG_RUNTIME_DIR", "/postern.sock")]
      .compactMap { $0 } + [[UInt8]("/run/postern/control.sock")]
  }

  private static func path(in variable: StaticString, _ name: StaticString) -> [UInt8]? {
    guard let folders = Environment.variable([UInt8](variable)),
      let folder = folders.split(separator: UInt8(ascii: ":")).first
    else { return nil }
    return Array(folder) + [UInt8](name)
  }
}
