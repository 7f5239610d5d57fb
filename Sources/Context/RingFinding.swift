public import Platform

/// What opening a ring's file found, and what was done about it.
public enum RingFinding {
  /// There was no file, and an empty ring was made.
  case created
  /// Some turns were torn by a crash, damaged or gone. They were erased.
  case recovered(Recovery)
  /// The ring had an earlier version of the format, and has the newest now.
  case upgraded
  /// The file's length differs from that of the ring in it: it was cut off, or something was
  /// appended.
  case wrongLength(fileByteCount: Int, ringByteCount: Int)
  /// The ring had another size. `kept` turns were copied; `left` were lost, because they did not
  /// fit.
  case converted(fromByteCount: Int, kept: Int, left: Int)
  /// The ring is smaller than configured, and stays so until the next start, because no larger file
  /// can be made.
  case notGrown(byteCount: Int, SystemError)
  /// The file cannot be read as a ring. If an empty ring has replaced it, its new name is
  /// `setAside`, else that is empty.
  case unreadable(ContextError, setAside: [UInt8])
  /// The file cannot be made or written. Until the next start, the conversations are only in
  /// memory, including those that could be read.
  case memoryOnly(SystemError)
}
