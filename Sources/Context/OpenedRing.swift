public import Bytes

/// A ring that was opened from its file, as far as that could be done at all.
public struct OpenedRing {
  /// The ring; it writes to the file by itself.
  public let resident: ResidentRing
  /// Its file; `nil` if the ring is in memory only.
  public let file: RingFile?
  /// What there is to say of it, in this order.
  public let findings: [RingFinding]

  /// Opens the ring at a path, or makes one. Whatever the file is or was, the ring works then, with what could be
  /// read.
  ///
  /// Whoever has a ring open has the lock of its file. A new file is built aside, as `PATH.new`, with every byte
  /// written and flushed, so that a full device shows now; it is locked before it takes the ring's name, so there is no
  /// moment at which another process could take it up; and until then what was there before stays as it is.
  ///
  /// Blocks; where a file is made, for as long as it takes to write and flush so many bytes.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the ring: in ``ContextRing/blockSizes``.
  ///   - key: Random and secret, for a ring that is new.
  public static func open(
    _ path: [UInt8], byteCount: Int, key: SipHash.Key
  ) throws(RingFileError) -> OpenedRing {
    var opening = RingOpening(path: path, byteCount: byteCount, key: key)
    return try opening.open()
  }
}
