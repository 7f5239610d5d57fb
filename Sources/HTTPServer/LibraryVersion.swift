public import Bytes
internal import CMicroHTTPD

extension HTTPServer {
  /// Whether this libmicrohttpd can serve HTTPS; that of the static build cannot.
  public static var servesTLS: Bool { cmhd_serves_tls() }

  /// The version of libmicrohttpd that is in use.
  public static var libraryVersion: Text { Text(cString: MHD_get_version()) }
}
