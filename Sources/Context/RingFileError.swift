public import Platform

/// Why a ring cannot be opened at all.
public enum RingFileError: Error {
  /// Another process has it: two must never write one ring.
  case locked
  /// There is not the memory for it.
  case memory(SystemError)
}
