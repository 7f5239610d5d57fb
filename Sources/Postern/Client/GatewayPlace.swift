import Bytes
import Configuration
import HTTPClient
import Platform
import Storage

/// Where the running gateway is, and the key that it is shown.
struct GatewayPlace {
  /// The URL, without a slash at its end.
  let url: [UInt8]
  /// The path of its control socket; `nil` if it is reached by the network.
  let socketPath: [UInt8]?
  /// The key; `nil` without one.
  let key: [UInt8]?

  /// The name of the place in messages.
  var name: [UInt8] { socketPath ?? url }

  /// Finds the gateway: by `-u`, else by the `control` setting of the configuration, else at the standard places. `nil` if
  /// none is found, which it reports.
  @inline(never)
  static func find(_ options: GatewayOptions) -> GatewayPlace? {
    var key = Environment.variable([UInt8]("POSTERN_KEY"))
    if let file = options.keyFile {
      do throws(SystemError) {
        key = try File.read(file, limit: 4096)
      } catch {
        Console.complain("-k \(file): \(error.reason)")
        return nil
      }
    }
    // What `postern key` printed has a second part.
    key = key.map {
      $0.span.extracting(first: $0.span.firstLineBreak() ?? $0.count).trimmingBlanks.copied
    }
    if let key, key.contains(where: { $0.isControl || $0 == UInt8(ascii: " ") }) {
      Console.complain("the key is invalid: it has blanks or control characters")
      return nil
    }
    if key?.isEmpty == true {
      if let file = options.keyFile {
        Console.complain("-k \(file): there is no key in the first line")
        return nil
      }
      key = nil
    }
    if let url = options.url { return place(at: url, key) }
    guard let paths = paths(options.file) else { return nil }
    return reachable(paths, key)
  }

  private static func place(at url: [UInt8], _ key: [UInt8]?) -> GatewayPlace? {
    if url.count > 5, url.span.hasPrefix("unix:") { return reachable([Array(url[5...])], key) }
    let isHTTP = url.span.hasPrefix("http://") || url.span.hasPrefix("https://")
    guard isHTTP, !url.contains(where: { $0 <= UInt8(ascii: " ") || $0 == 127 }) else {
      Console.complain("-u: write a URL such as http://127.0.0.1:8080, or unix:/path")
      return nil
    }
    if let fault = Upstream.fault(ofURL: url) {
      Console.complain("-u: \(fault)")
      return nil
    }
    // Messages show the URL, and must not show a password.
    let authority = url.split(separator: UInt8(ascii: "/"), maxSplits: 2).dropFirst().first ?? []
    guard !authority.contains(UInt8(ascii: "@")) else {
      Console.complain("-u: the URL contains a user or a password; give the key's file with -k")
      return nil
    }
    var url = url
    while url.last == UInt8(ascii: "/") { url.removeLast() }
    return GatewayPlace(url: url, socketPath: nil, key: key)
  }

  /// The paths where a control socket may be; `nil` if the configuration file of `-c` cannot be read, which it reports.
  private static func paths(_ option: [UInt8]?) -> [[UInt8]]? {
    let source = ConfigurationFile(option: option)
    // Standard input may have messages.
    if case .standardInput = source, option == nil { return ControlSocket.places }
    do throws(SystemError) {
      if let path = Configuration.control(in: try source.read(), from: source.sources()) {
        return [path]
      }
    } catch {
      guard option == nil else {
        Console.complain(
          "\(source.name): \(error.readingReason); -u unix:SOCKET finds the gateway without the file"
        )
        return nil
      }
      // The file may be for the gateway's user alone.
    }
    return ControlSocket.places
  }

  /// The first of some paths where a process listens.
  private static func reachable(_ paths: [[UInt8]], _ key: [UInt8]?) -> GatewayPlace? {
    var tried: Text = ""
    var forbidden: [UInt8]?
    for path in paths {
      guard let fault = ListeningSocket.fault(ofUnixPath: path) else {
        return GatewayPlace(url: [UInt8]("http://localhost"), socketPath: path, key: key)
      }
      if fault.isForbidden { forbidden = path }
      tried += tried.bytes.isEmpty ? "" : ", "
      tried += "\(path) (\(fault.reason))"
    }
    if let forbidden {
      Console.complain(
        """
        permission denied for the control socket \(forbidden): run this as root or as the gateway's user, \
        'sudo -u postern postern …'
        """)
    } else {
      Console.complain(
        """
        no running gateway: tried \(tried); 'postern run' starts one, and -c FILE or -u URL say where another one is
        """)
    }
    return nil
  }
}
