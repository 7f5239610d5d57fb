/// The exit status of the process.
enum ExitStatus: Int32 {
  /// The command succeeded.
  case success = 0
  /// The command failed: an invalid configuration, a failed test, a gateway that cannot start.
  case failure = 1
  /// The command line is invalid.
  case usage = 2
}
