public import Bytes
internal import CMicroHTTPD

extension HTTPServer {
  /// The version of libmicrohttpd that is in use.
  public static var libraryVersion: Text { Text(cString: MHD_get_version()) }
}
