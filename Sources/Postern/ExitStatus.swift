/// What the process ends with.
enum ExitStatus: Int32 {
  /// All is well.
  case success = 0
  /// What was asked about is not well: an invalid configuration, a test that failed, a gateway that cannot start.
  case failure = 1
  /// The command line makes no sense.
  case usage = 2
}
