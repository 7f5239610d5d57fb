import Bytes

/// `[server]`: where Postern listens, and what it takes from a client.
public struct ServerSettings: Sendable {
  /// The certificate and key that HTTPS needs.
  public struct TLS: Sendable {
    /// In PEM: the certificate, then its chain.
    public let certificate: [UInt8]
    /// In PEM: the certificate's private key.
    public let key: [UInt8]
  }

  /// At least one, none twice.
  public let listen: [ListenAddress]
  /// HTTPS instead of HTTP.
  public let tls: TLS?
  /// Connections at once.
  public let maxConnections: Int
  /// Connections at once from one address; 0 for no limit.
  public let maxConnectionsPerIP: Int
  /// The largest request body.
  public let maxBodyBytes: Int
  /// How long a connection may neither send nor take anything.
  public let idleTimeoutMilliseconds: Int
  /// From a request's first byte to its last.
  public let requestTimeoutMilliseconds: Int

  init(_ section: Section) {
    listen = section.parsed("listen", ListenAddress.list) ?? []
    tls = section.identity
    maxConnections = section.number("max_connections")
    maxConnectionsPerIP = section.number("max_connections_per_ip")
    maxBodyBytes = section.number("max_body")
    idleTimeoutMilliseconds = section.number("idle_timeout")
    requestTimeoutMilliseconds = section.number("request_timeout")
  }

  static let table: [Setting] = [
    Setting(
      "listen", .addresses, standard: "127.0.0.1:8080",
      """
      Where to take connections: `host:port` with an IPv4 address or `localhost`, `[::1]:8080`, or \
      `unix:/path`; several by commas. Port 0 is any free port. Anything but loopback and Unix sockets \
      needs a `[key …]`.
      """),
    Setting(
      "tls_certificate", .path, example: "/etc/postern/tls.pem", absence: "HTTP",
      "The certificate and its chain, PEM; together with `tls_key`: serve HTTPS."),
    Setting(
      "tls_key", .path, example: "/etc/postern/tls.key", absence: "HTTP",
      "The private key of `tls_certificate`, PEM."),
    Setting(
      "max_connections", .count(1...65536), standard: "512",
      """
      Connections at once. Each takes a descriptor, of which there are as many as the hard limit allows \
      (`ulimit -Hn`, systemd's `LimitNOFILE`); where that is too few, the log says so.
      """),
    Setting(
      "max_connections_per_ip", .count(0...65536), standard: "64",
      "Connections at once from one address; 0: no limit."),
    Setting(
      "max_body", .size(1...Quantity.gibibyte), standard: "256K",
      "The largest request body; a larger one gets 413."),
    Setting(
      "idle_timeout", .duration(1...Quantity.day), standard: "60s",
      "How long a connection may neither send nor take anything."),
    Setting(
      "request_timeout", .duration(1...Quantity.day), standard: "15s",
      "How long a request may take from its first byte to its last."),
  ]
}
