package import Bytes
internal import CZlib

/// zlib, as it is in use.
package enum ZlibVersion {
  /// Its version; zlibVersion() in zlib.h.
  package static var text: Text { Text(cString: czlib_version()) }
}
