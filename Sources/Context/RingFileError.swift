public import Platform

/// Why a ring cannot be opened at all.
public enum RingFileError: Error {
  /// Another process has it open. Two processes must never write one ring.
  case locked
  /// There is not enough memory for it.
  case memory(SystemError)
}
