public import Bytes
internal import CCurl

/// The versions of libcurl that is in use, and of what it uses itself.
public struct LibraryVersions {
  /// The version of libcurl.
  public let curl: Text
  /// Its TLS library with the version; `nil` without one.
  public let tls: Text?
  /// How it looks names up without blocking: `threads`, c-ares with its version, or `nil` if it blocks.
  public let resolver: Text?

  /// The versions of this process; curl_version_info(3).
  public init() {
    let info = curl_version_info(CURLVERSION_SEVENTH).pointee
    curl = Text(cString: info.version)
    tls = info.ssl_version.map { Text(cString: $0) }
    let isAsynchronous = info.features & Int32(CURL_VERSION_ASYNCHDNS) != 0
    resolver = info.ares.map { "c-ares/\(Text(cString: $0))" } ?? (isAsynchronous ? "threads" : nil)
  }
}
