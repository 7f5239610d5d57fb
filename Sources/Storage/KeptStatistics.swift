package import Bytes

/// The statistics that the file beside the ring keeps.
package protocol KeptStatistics: AnyObject {
  /// Whether anything was counted since they were written.
  var isChanged: Bool { get }

  /// Writes them, in at most `limit` bytes. Returns whether everything fits.
  func write(to buffer: ByteBuffer, within limit: Int) -> Bool
}
