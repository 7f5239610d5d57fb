public import Platform

/// What opening a ring's file found, and what became of it.
public enum RingFinding {
  /// There was none, and an empty one was made.
  case created
  /// Some turns were not whole, or gone: what a crash cut off, or damage. They were erased.
  case recovered(Recovery)
  /// The file is not as long as the ring in it says: it was cut off, or something was appended.
  case wrongLength(fileByteCount: Int, ringByteCount: Int)
  /// The ring was of another size; so many turns were taken over, and so many not, for want of room.
  case converted(fromByteCount: Int, kept: Int, left: Int)
  /// The ring is smaller than configured and stays so until the next start, as no larger one can be made.
  case notGrown(byteCount: Int, SystemError)
  /// What is there cannot be read as a ring. Where an empty one has taken its place, it has this other name now.
  case unreadable(ContextError, setAside: [UInt8])
  /// The file cannot be written, or not be made: the conversations, those that could be read included, are in memory
  /// only until the next start.
  case memoryOnly(SystemError)
}
