public import Bytes
internal import CGnuTLS

/// GnuTLS, as it is in use.
public enum TLSLibrary {
  /// Its version; gnutls_check_version(3).
  public static var version: Text { Text(cString: gnutls_check_version(nil)) }
}
