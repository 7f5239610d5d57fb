import Bytes
internal import CCurl

/// Sets a handle up for the connections that its transfers use.
struct ConnectionOptions {
  /// How old a connection may be that is used again, in seconds: a name that moves is followed within that time.
  private static let connectionSeconds = 299
  /// After how many seconds of silence the kernel asks whether the peer is still there, and how often; tcp(7).
  private static let (probeSeconds, probeIntervalSeconds) = (30, 10)
  /// How long the system's bundle is kept before it is read again, because it may have changed, in seconds.
  private static let bundleSeconds = 3600

  private let easy: UnsafeMutableRawPointer

  /// The options of a handle, which must outlive them.
  init(_ easy: UnsafeMutableRawPointer) {
    self.easy = easy
  }

  /// Sets all that does not change from one request to the next.
  func set(for settings: Upstream.Settings) {
    setLong(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeoutMilliseconds)
    setLong(CURLOPT_MAXLIFETIME_CONN, ConnectionOptions.connectionSeconds)
    // Names are looked up for each new connection. There are few of them, and an address of a minute ago may be dead.
    setLong(CURLOPT_DNS_CACHE_TIMEOUT, 0)
    setLong(CURLOPT_TCP_KEEPALIVE, 1)
    setLong(CURLOPT_TCP_KEEPIDLE, ConnectionOptions.probeSeconds)
    setLong(CURLOPT_TCP_KEEPINTVL, ConnectionOptions.probeIntervalSeconds)
    // The configuration file alone decides where a message goes: the environment's proxies and exceptions do not count.
    setText(CURLOPT_PROXY, settings.proxy ?? [])
    setText(CURLOPT_NOPROXY, [])
    // What a proxy says before the connection stands is not the backend's.
    setLong(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // Older versions are broken (RFC 8996). With mbedTLS, libcurl asks for them by default, and fails.
    let oldest = Int(CURL_SSLVERSION_TLSv1_2)
    setLong(CURLOPT_SSLVERSION, oldest)
    setLong(CURLOPT_PROXY_SSLVERSION, oldest)
    trust(settings.authorityFile)
    settings.identity?.forEachOption { setText($0, $1) }
  }

  /// Sets whose certificates are trusted: those in a file, or the system's.
  ///
  /// All connections share the system's bundle, because to read it takes some 18 ms and 900 KB each time. libcurl
  /// keeps only one source, and only if it is the sole one. So an integration's own file is read for each of its
  /// connections. CURLOPT_CA_CACHE_TIMEOUT(3)
  private func trust(_ authorityFile: [UInt8]?) {
    if let authorityFile {
      setText(CURLOPT_CAINFO, authorityFile)
      setText(CURLOPT_PROXY_CAINFO, authorityFile)
      setLong(CURLOPT_CA_CACHE_TIMEOUT, 0)
    } else {
      // A libcurl that was built for a folder alone has no bundle.
      guard curl_version_info(CURLVERSION_SEVENTH).pointee.cainfo != nil else { return }
      setLong(CURLOPT_CA_CACHE_TIMEOUT, ConnectionOptions.bundleSeconds)
    }
    _ = ccurl_set_text(easy, CURLOPT_CAPATH, nil)
  }

  private func setLong(_ option: CURLoption, _ value: Int) {
    _ = ccurl_set_long(easy, option, value)
  }

  private func setText(_ option: CURLoption, _ value: [UInt8]) {
    value.withCString { _ = ccurl_set_text(easy, option, $0) }
  }
}
