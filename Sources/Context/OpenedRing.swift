public import Bytes

/// A ring that was opened from its file, as far as possible.
public struct OpenedRing {
  /// The ring. It writes its changes to the file.
  public let resident: ResidentRing
  /// The file; `nil` if the ring is only in memory.
  public let file: RingFile?
  /// What the opening found, in the order to report it.
  public let findings: [RingFinding]

  /// Opens the ring at a path, or makes one.
  ///
  /// The ring works then, with all that could be read, in whatever state the file was. The process
  /// that has a ring open holds the lock of its file.
  ///
  /// A new file is built as `PATH.new`. Every byte of it is written and flushed, so that a full
  /// device is noticed now. It is locked before it gets the ring's name, so that no other process
  /// can open it in between. Until then the old file stays as it is.
  ///
  /// Blocks. If a file is made, it takes as long as writing and flushing that many bytes.
  ///
  /// - Parameters:
  ///   - byteCount: The size of the ring: in ``ContextRing/blockSizes``.
  ///   - key: Random and secret, for a new ring.
  /// - Throws: ``RingFileError`` if another process has the ring, or memory is missing.
  public static func open(
    _ path: [UInt8], byteCount: Int, key: SipHash.Key
  ) throws(RingFileError) -> OpenedRing {
    var opening = RingOpening(path: path, byteCount: byteCount, key: key)
    return try opening.open()
  }
}
