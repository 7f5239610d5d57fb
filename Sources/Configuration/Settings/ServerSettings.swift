/// `[server]`: where Postern listens, and what it accepts from a client.
public struct ServerSettings: SectionSettings, Sendable {
  /// The certificate and key that HTTPS needs.
  public struct TLS: Sendable {
    /// In PEM: the certificate, then its chain.
    public let certificate: [UInt8]
    /// In PEM: the certificate's private key.
    public let key: [UInt8]
    /// When the certificate is valid; `nil` if it cannot be read.
    public let validity: CertificateValidity?
  }

  /// Where to listen: at least one address, each once.
  public private(set) var listen: [ListenAddress] = []
  /// What HTTPS is served with; `nil` for HTTP.
  public private(set) var tls: TLS?
  /// The most open connections.
  public private(set) var maxConnections = 0
  /// The most open connections from one address; 0 for no limit.
  public private(set) var maxConnectionsPerIP = 0
  /// Whether that limit also holds for this host's own addresses: unless it is the default, so that a file
  /// in which defaults are written out means the same.
  public var limitsLoopback: Bool { maxConnectionsPerIP != 64 }
  /// The largest request body.
  public private(set) var maxBodyBytes = 0
  /// How long a connection may be idle.
  public private(set) var idleTimeoutMilliseconds = 0
  /// The longest time from the first byte of a request to its last.
  public private(set) var requestTimeoutMilliseconds = 0
  /// The permissions of the unix sockets that Postern makes.
  public private(set) var socketMode = FileMode()
  /// The path of the control socket; `nil` for the standard place.
  public private(set) var control: [UInt8]?
  /// Whether `GET /` is the console.
  public private(set) var hasConsole = false
  /// Whether there is Ollama's interface.
  public private(set) var hasOllama = false
  /// Where ``tls`` was read from.
  private var certificateFile: [UInt8]?
  private var keyFile: [UInt8]?

  static let table = SettingRows.table(of: ServerSettings())

  private init() {}

  init(_ section: Section) {
    tls = section.identity
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.parsed(
      "listen", .addresses, &listen, ListenAddress.list, standard: "127.0.0.1:8080",
      """
      Where to accept connections: `host:port` with an IPv4 address or `localhost`, `[::1]:8080`, or \
      `unix:/path`; several are separated by commas. Port 0 is any free port. Anything but loopback and \
      Unix sockets needs a `[key …]`.
      """)
    rows.text(
      "tls_certificate", .path, &certificateFile,
      .init(
        """
        The certificate and its chain, PEM. Together with `tls_key` it makes Postern serve HTTPS. A renewed one \
        applies without a restart.
        """,
        example: "/etc/postern/tls.pem", absence: "HTTP"))
    rows.text(
      "tls_key", .path, &keyFile,
      .init(
        "The private key of `tls_certificate`, PEM.", example: "/etc/postern/tls.key",
        absence: "HTTP"))
    rows.count(
      "max_connections", 1...65536, &maxConnections, standard: "512",
      """
      The most open connections. Each uses a descriptor, and the hard limit (`ulimit -Hn`, systemd's \
      `LimitNOFILE`) bounds their number; if it is too low, the log says so.
      """)
    rows.count(
      "max_connections_per_ip", 0...65536, &maxConnectionsPerIP, standard: "64",
      """
      The most open connections from one address; 0: no limit. The default does not hold for this host's \
      own addresses, because a proxy on it has the connections of all its clients; any other number does.
      """)
    rows.size(
      "max_body", 1...Quantity.gibibyte, &maxBodyBytes, standard: "8M",
      "The largest request body; a larger one gets 413.")
    rows.duration(
      "idle_timeout", 1...Quantity.day, &idleTimeoutMilliseconds, standard: "60s",
      "How long a connection may neither send nor receive.")
    rows.duration(
      "request_timeout", 1...Quantity.day, &requestTimeoutMilliseconds, standard: "60s",
      "How long a request may take from its first byte to its last.")
    rows.text(
      "control", .path, &control,
      .init(
        """
        The Unix socket for `postern status`, `chat`, `reload` and the other commands that talk to a running gateway. \
        Programs of root and of Postern's own user may do everything there, with keys or without; for others it is like \
        any other Unix socket. Its places do not count as connections. A change needs a restart.
        """,
        example: "/run/postern/control.sock",
        absence:
          "`$RUNTIME_DIRECTORY/control.sock`, else `$XDG_RUNTIME_DIR/postern.sock`, else none"))
    rows.parsed(
      "socket_mode", .mode, &socketMode, FileMode.init, standard: "0660",
      """
      The permissions of the Unix sockets that Postern makes. Without a `[key …]`, every program that may write \
      to the socket may do everything. A change needs a restart.
      """)
    rows.boolean(
      "console", &hasConsole, standard: "yes",
      """
      Whether `GET /` is the console, a page for administrators. It has no data of its own: it asks for a key, and sends \
      that with each call of the API. `no`: its paths are unknown.
      """)
    rows.boolean(
      "ollama", &hasOllama, standard: "no",
      """
      Whether there is Ollama's interface (`/api/chat` and others) for programs that speak nothing else. `no`: its paths       are unknown.
      """)
  }
}
