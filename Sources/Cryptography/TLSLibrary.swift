public import Bytes
internal import CCryptography

/// The library of hashes and certificates, as it is in use: GnuTLS, or mbedTLS in the static build.
public enum TLSLibrary {
  /// Its name, in lower case.
  public static var name: StaticString { ccryptography_is_gnutls() ? "gnutls" : "mbedtls" }
  /// Its version.
  public static var version: Text { Text(cString: ccryptography_version()) }
}
