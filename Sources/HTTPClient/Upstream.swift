public import Bytes
internal import CCurl

/// A backend as transfers need to know it: where it is and what every request to it carries. Keeps the easy
/// handles of its finished transfers, set up, for the next ones.
///
/// Fields and URL are checked by their owner: libcurl sends CR and LF in them as they are.
public final class Upstream {
  /// What does not change from one request to the next.
  public struct Settings: Equatable {
    /// `http` or `https`, absolute.
    public var url: [UInt8]
    /// Whether it is `https`.
    public var usesTLS: Bool {
      let span = url.span
      return span.hasPrefixIgnoringCase("https:")
    }
    /// Whole field lines, `name: value`, sent with every request in this order. libcurl looks at each.
    public var fields: [[UInt8]]
    /// For name, connection and TLS handshake together; at least 1.
    public var connectTimeoutMilliseconds: Int
    /// The certificate authorities to trust in place of the system's.
    public var authorityFile: [UInt8]?
    /// The files of the certificate that the backend is shown, and of its key.
    public var identity: IdentityFiles?
    /// The URL of the proxy that requests go through: `http`, `https`, `socks5` or `socks5h`; may have a password in
    /// it.
    public var proxy: [UInt8]?
    /// The largest body taken, in bytes.
    public var bodyLimit: Int
    /// Whether connections to addresses that only this host reaches are refused (``IPAddress/isHostOnly``).
    ///
    /// For hosts that are names, because the owner of the name chooses the address. With a proxy, connections go to
    /// that.
    public var refusesHostOnly: Bool
    /// Whether connections to private and loopback addresses are refused, too.
    public var refusesPrivate = false
    /// How long a request on a kept connection may stay unacknowledged before another connection is tried.
    ///
    /// New connections have no such limit, because a backend that is busy may be slow to read a long request.
    public var patienceMilliseconds: Int
    /// Whether its requests are GET, without a body: a probe's.
    public var isGet: Bool
    /// Whether nothing is sent once the connection stands, which ends then.
    public var isConnectionOnly = false
    /// Whether they are DELETE instead.
    public var isDelete = false
    /// The path of the unix socket that connections go to, whatever the URL's host is.
    public var socketPath: [UInt8]?

    /// Settings from their parts.
    public init(
      url: [UInt8], fields: [[UInt8]], connectTimeoutMilliseconds: Int, authorityFile: [UInt8]?,
      identity: IdentityFiles? = nil, proxy: [UInt8]? = nil, bodyLimit: Int,
      refusesHostOnly: Bool = false, patienceMilliseconds: Int = 10_000, isGet: Bool = false
    ) {
      self.url = url
      self.fields = fields
      self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
      self.authorityFile = authorityFile
      self.identity = identity
      self.proxy = proxy
      self.bodyLimit = bodyLimit
      self.refusesHostOnly = refusesHostOnly
      self.patienceMilliseconds = patienceMilliseconds
      self.isGet = isGet
    }
  }

  /// What every request to it has in common.
  public let settings: Settings

  /// `settings.fields` as libcurl takes them; every request's own fields precede it.
  let sharedFields: UnsafeMutablePointer<curl_slist>?

  /// `settings.url`, read once instead of for every request; `nil` where libcurl cannot read it.
  let location: OpaquePointer?

  /// The beginning of the URL, up to the path: upstreams that have it in common share connections.
  let origin: [UInt8]

  /// An empty buffer whose memory the body of an earlier request had.
  private var spareBuffer: ByteBuffer?
  /// The most memory that is kept; that of a larger body is released.
  private static let keptCapacity = 16384

  /// Transfers that are over, newest last: the newest has the warmest memory.
  var idle: [Transfer] = []

  /// An upstream with no transfers yet.
  public init(_ settings: Settings) {
    self.settings = settings
    // `Expect: 100-continue` would cost a round trip for bodies over a megabyte; a bare name drops it.
    var list = curl_slist_append(nil, "Expect:")
    // Compression would cost more than a message's few kilobytes gain; what comes unasked is unpacked all the same.
    list = curl_slist_append(list, "Accept-Encoding:")
    for field in settings.fields {
      list = field.withCString { curl_slist_append(list, $0) }
    }
    sharedFields = list
    location = Upstream.location(settings.url)
    origin = Upstream.origin(settings.url)
  }

  /// An empty buffer for the body of a request. It has memory for most bodies.
  public func takeBuffer() -> ByteBuffer {
    guard let buffer = spareBuffer else { return ByteBuffer(capacity: 4096) }
    spareBuffer = nil
    return buffer
  }

  /// Keeps the memory of a body that was sent. Only the caller may have referred to it, and it must not use it again.
  public func keep(_ buffer: ByteBuffer) {
    guard buffer.capacity <= Upstream.keptCapacity else { return }
    buffer.truncate(to: 0)
    spareBuffer = buffer
  }

  deinit {
    curl_slist_free_all(sharedFields)
    curl_url_cleanup(location)
  }

  /// Why libcurl cannot read a URL; `nil` if it can.
  public static func fault(ofURL url: [UInt8]) -> Text? {
    let (location, code) = read(url)
    curl_url_cleanup(location)
    return code == CURLUE_OK ? nil : Text(cString: curl_url_strerror(code))
  }

  private static func origin(_ url: [UInt8]) -> [UInt8] {
    var slashes = 0
    for index in url.indices {
      if url[index] == UInt8(ascii: "/") { slashes += 1 }
      if slashes == 3 || url[index] == UInt8(ascii: "?") { return [UInt8](url[..<index]) }
    }
    return url
  }

  private static func location(_ url: [UInt8]) -> OpaquePointer? {
    let (location, code) = read(url)
    if code == CURLUE_OK { return location }
    curl_url_cleanup(location)
    return nil
  }

  /// curl_url_set(3). The caller releases the location, whatever the code.
  private static func read(_ url: [UInt8]) -> (location: OpaquePointer?, code: CURLUcode) {
    let location = curl_url()
    return (location, url.withCString { curl_url_set(location, CURLUPART_URL, $0, 0) })
  }
}
