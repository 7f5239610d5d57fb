public import Platform

extension HTTPServer {
  /// Limits on what clients may take of a server.
  public struct Settings {
    /// Connections at once, all listeners together.
    public var connectionLimit: Int
    /// Connections at once from one address; 0 for no limit. Unix sockets are not counted.
    public var connectionLimitPerAddress: Int
    /// Whether that limit holds for this host's own addresses, too.
    public var limitsLoopback: Bool
    /// How long a connection may send and take nothing; in whole seconds, at least 1.
    public var idleTimeout: TimeSpan
    /// From a request's first byte to its last.
    public var requestTimeout: TimeSpan
    /// PEM of the certificate chain and of its key: then TCP listeners speak HTTPS.
    public var tls: (certificate: [UInt8], key: [UInt8])?

    /// The idle timeout as libmicrohttpd takes it.
    var idleSeconds: UInt32 { UInt32(clamping: max(1, idleTimeout.millisecondsRoundedUp / 1000)) }

    /// From a request's first byte to the end of its header section.
    let headTimeout = TimeSpan.seconds(10)
    /// The least pace of a request's body, in bytes per second, after `paceGrace`.
    let bodyPace = 500
    /// How long the pace is not looked at: a link may stall for a moment.
    let paceGrace = TimeSpan.seconds(5)
    /// The largest header section, from the request line on, in bytes.
    let headLimit = 16384

    /// Settings from their parts.
    public init(
      connectionLimit: Int, connectionLimitPerAddress: Int, limitsLoopback: Bool = false,
      idleTimeout: TimeSpan, requestTimeout: TimeSpan, tls: (certificate: [UInt8], key: [UInt8])?
    ) {
      self.connectionLimit = connectionLimit
      self.connectionLimitPerAddress = connectionLimitPerAddress
      self.limitsLoopback = limitsLoopback
      self.idleTimeout = idleTimeout
      self.requestTimeout = requestTimeout
      self.tls = tls
    }
  }
}
