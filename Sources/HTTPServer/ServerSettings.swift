public import Platform

/// Limits on what clients may take of a server; section 2, `[server]`, of the contract has their defaults.
public struct ServerSettings {
  /// Connections at once, all listeners together.
  public var connectionLimit: Int
  /// Connections at once from one address; 0 for no limit. Unix sockets are not counted.
  public var connectionLimitPerAddress: Int
  /// How long a connection may send and take nothing; whole seconds, at least 1.
  public var idleTimeout: TimeSpan
  /// From a request's first byte to its last.
  public var requestTimeout: TimeSpan
  /// PEM of the certificate chain and of its key: then TCP listeners speak HTTPS.
  public var tls: (certificate: [UInt8], key: [UInt8])?

  /// From a request's first byte to the end of its header section.
  public var headTimeout = TimeSpan.seconds(10)
  /// The least pace of a request body, in bytes per second, after the first seconds.
  public var bodyPace = 500
  /// The largest header section, from the request line on, in bytes.
  public var headLimit = 16384

  /// Settings from their parts; the rest is not configurable.
  public init(
    connectionLimit: Int, connectionLimitPerAddress: Int, idleTimeout: TimeSpan,
    requestTimeout: TimeSpan, tls: (certificate: [UInt8], key: [UInt8])?
  ) {
    self.connectionLimit = connectionLimit
    self.connectionLimitPerAddress = connectionLimitPerAddress
    self.idleTimeout = idleTimeout
    self.requestTimeout = requestTimeout
    self.tls = tls
  }
}
